package org.millrace.features.source;

import org.millrace.contracts.definition.SourceDefinition;

/**
 * What the ledger keeps of a raw table's day: {@code 1-<definition>-<rows>}, with the number of
 * this format, the head of the definition's SHA-256 and that of the rows' content hash. Both parts
 * can be compared alone.
 */
public final class DayFingerprint {
  private static final String FORMAT = "1-";
  private static final int DEFINITION_LENGTH = 16;
  private static final int ROWS_LENGTH = 32;

  private DayFingerprint() {}

  /** The fingerprint of a day with these rows. */
  public static String of(SourceDefinition source, RowFacts facts) {
    return FORMAT
        + source.hash().substring(0, DEFINITION_LENGTH)
        + "-"
        + facts.contentHash().substring(0, ROWS_LENGTH);
  }

  /**
   * True if both are of the same rows, from whatever definition; false if one of them has another
   * format and its rows are unknown.
   */
  public static boolean areOfEqualRows(String fingerprint, String other) {
    return fingerprint.startsWith(FORMAT)
        && other.startsWith(FORMAT)
        && rows(fingerprint).equals(rows(other));
  }

  /** True if the rows are known to be made by another definition than the source's now. */
  public static boolean isOfAnotherDefinition(String definitionHash, String fingerprint) {
    return fingerprint.startsWith(FORMAT)
        && !definition(fingerprint).equals(definitionHash.substring(0, DEFINITION_LENGTH));
  }

  /**
   * True if one definition gave other rows than before; two definitions give other rows for
   * whatever reason, so that nothing is known then.
   */
  public static boolean isOfNewRows(String before, String now) {
    boolean isOfTwoDefinitions =
        before.startsWith(FORMAT)
            && now.startsWith(FORMAT)
            && !definition(before).equals(definition(now));
    return !before.equals(now) && !isOfTwoDefinitions;
  }

  private static String definition(String fingerprint) {
    return fingerprint.substring(FORMAT.length(), fingerprint.lastIndexOf('-'));
  }

  private static String rows(String fingerprint) {
    return fingerprint.substring(fingerprint.lastIndexOf('-') + 1);
  }
}
