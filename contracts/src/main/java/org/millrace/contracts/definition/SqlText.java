package org.millrace.contracts.definition;

import static java.util.Objects.requireNonNull;

/**
 * SQL of a definition.
 *
 * @param text as it is written, and run
 * @param canonical equal for texts that differ in comments, white space and the case of keywords
 *     alone
 */
public record SqlText(String text, String canonical) {
  /** Neither is null. */
  public SqlText {
    requireNonNull(text, "text is null");
    requireNonNull(canonical, "canonical is null");
  }

  /** SQL whose canonical form is not known: each change of it is one of the definition. */
  public static SqlText asWritten(String text) {
    return new SqlText(text, text);
  }

  /** The text as it is written. */
  @Override
  public String toString() {
    return text;
  }
}
