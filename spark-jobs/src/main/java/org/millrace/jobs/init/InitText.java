package org.millrace.jobs.init;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.JdbcTable;

/** Reads what people type for {@code millrace init}. */
public final class InitText {
  private InitText() {}

  /**
   * {@code FILES:COLUMN[@KNOWN_AT]}, or the name of a column of the spine's files.
   *
   * @throws MillraceException of category DEFINITION if it is neither
   */
  public static InitRequest.LabelFiles label(String text) {
    int colon = text.lastIndexOf(':');
    String rest = text.substring(colon + 1);
    int at = rest.lastIndexOf('@');
    String column = at < 0 ? rest : rest.substring(0, at);
    Optional<String> knownAt = at < 0 ? Optional.empty() : Optional.of(rest.substring(at + 1));
    boolean isTableAlone = JdbcTable.isMeant(text) && text.indexOf('#') > colon;
    if (column.isBlank()
        || colon == 0
        || isTableAlone
        || knownAt.filter(String::isBlank).isPresent()) {
      throw wrong("--label", text, "FILES:COLUMN, FILES:COLUMN@KNOWN_AT, or a COLUMN of --spine");
    }

    return new InitRequest.LabelFiles(
        colon < 0 ? Optional.empty() : Optional.of(text.substring(0, colon)), column, knownAt);
  }

  /**
   * {@code FILES:KEY[,KEY...][@TIME]}; a key is a column of both, or {@code SPINE=FILE}.
   *
   * @throws MillraceException of category DEFINITION if it is something else
   */
  public static InitRequest.FactsFiles facts(String option, String text, InitRequest.Shape shape) {
    int colon = text.lastIndexOf(':');
    String rest = text.substring(colon + 1);
    int at = rest.lastIndexOf('@');
    Optional<String> time = at < 0 ? Optional.empty() : Optional.of(rest.substring(at + 1));
    List<InitRequest.Key> keys =
        Arrays.stream((at < 0 ? rest : rest.substring(0, at)).split(","))
            .map(String::strip)
            .filter(key -> !key.isEmpty())
            .map(InitText::key)
            .toList();
    boolean isTableAlone = JdbcTable.isMeant(text) && text.indexOf('#') > colon;
    if (colon <= 0 || isTableAlone || keys.isEmpty() || time.filter(String::isBlank).isPresent()) {
      throw wrong(option, text, "FILES:KEY@TIME, with several keys FILES:KEY,KEY@TIME");
    }

    return new InitRequest.FactsFiles(text.substring(0, colon), keys, time, shape);
  }

  private static InitRequest.Key key(String text) {
    int equals = text.indexOf('=');
    return equals < 0
        ? new InitRequest.Key(text, text)
        : new InitRequest.Key(
            text.substring(0, equals).strip(), text.substring(equals + 1).strip());
  }

  /**
   * A number of days: {@code 30d}, {@code 4w}, {@code 30}; hours count as the days that they begin.
   *
   * @throws MillraceException of category DEFINITION if it is none
   */
  public static int days(String option, String text) {
    try {
      String number = text.replaceFirst("(?i)\\s*(d|days?|w|weeks?|h|hours?)$", "");
      String unit = text.substring(number.length()).strip().toLowerCase(java.util.Locale.ROOT);
      int count = Integer.parseInt(number.strip());
      int days =
          unit.startsWith("w")
              ? Math.multiplyExact(count, 7)
              : unit.startsWith("h") ? (count + 23) / 24 : count;
      if (days >= 0 && days <= 3_660) {
        return days;
      }
    } catch (NumberFormatException | ArithmeticException e) {
      // told below, as a number out of bounds is
    }

    throw wrong(option, text, "a number of days from 0 to 3660, such as 30d");
  }

  private static MillraceException wrong(String option, String text, String expected) {
    return new MillraceException(
        ErrorCategory.DEFINITION,
        "Cannot use %s %s: expected %s"
            .formatted(
                option,
                JdbcTable.isMeant(text) ? "with this table of a database" : text,
                expected));
  }
}
