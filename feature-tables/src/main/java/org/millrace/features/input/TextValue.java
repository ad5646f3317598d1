package org.millrace.features.input;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads values of text files: exactly, or not at all. White space around a value counts in texts
 * only.
 */
final class TextValue {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]{1,4})?");
  private static final Pattern TIME =
      Pattern.compile(
          "([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\\.[0-9]{1,9})?)?)"
              + " ?(Z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?)?)?");

  private TextValue() {}

  /** A value cannot be read; the message says why. */
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    Unreadable(String why) {
      super(why);
    }
  }

  static boolean bool(String text) throws Unreadable {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true", "t", "1" -> true;
      case "false", "f", "0" -> false;
      default -> throw new Unreadable("it is neither true nor false");
    };
  }

  /** A whole number between bounds; {@code 12.0}, as some tools write it beside nulls, is one. */
  static long whole(String text, long least, long most) throws Unreadable {
    BigDecimal number = decimal(text);
    try {
      long whole = number.longValueExact();
      if (whole >= least && whole <= most) {
        return whole;
      }
    } catch (ArithmeticException e) {
      // refused below, as a number out of bounds is
    }

    throw new Unreadable("it is no whole number from %d to %d".formatted(least, most));
  }

  static double number(String text) throws Unreadable {
    String word = text.strip();
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "nan" -> Double.NaN;
      case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
      case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
      default -> {
        requireNumber(word);
        yield finite(Double.parseDouble(word));
      }
    };
  }

  /** The same as a FLOAT, rounded once. */
  static float single(String text) throws Unreadable {
    double number = number(text);
    if (!Double.isFinite(number)) {
      return (float) number;
    }

    float single = Float.parseFloat(text.strip());
    finite(single);
    return single;
  }

  private static double finite(double number) throws Unreadable {
    if (Double.isInfinite(number)) {
      throw new Unreadable("it is too great");
    }

    return number;
  }

  static BigDecimal decimal(String text, int precision, int scale) throws Unreadable {
    try {
      BigDecimal number = decimal(text).setScale(scale, RoundingMode.UNNECESSARY);
      if (number.precision() <= precision) {
        return number;
      }
    } catch (ArithmeticException e) {
      // refused below, as too many digits are
    }

    throw new Unreadable("its digits do not fit DECIMAL(%d,%d)".formatted(precision, scale));
  }

  private static BigDecimal decimal(String text) throws Unreadable {
    String word = text.strip();
    requireNumber(word);
    return new BigDecimal(word);
  }

  /** Java also reads {@code 1D} and {@code 0x1p3} as numbers. */
  private static void requireNumber(String word) throws Unreadable {
    if (!NUMBER.matcher(word).matches()) {
      throw new Unreadable("it is no number");
    }
  }

  static LocalDate date(String text) throws Unreadable {
    try {
      return LocalDate.parse(text.strip());
    } catch (DateTimeException e) {
      throw new Unreadable("it is no date such as 2024-03-01");
    }
  }

  /**
   * An instant; a time without a zone is one of the given zone, the earlier one where clocks show
   * it twice.
   */
  static Instant instant(String text, ZoneId zone) throws Unreadable {
    Matcher parts = parts(text);
    LocalDateTime local = local(parts);
    String offset = parts.group(3);
    if (offset != null) {
      return local.toInstant(offset(offset));
    }

    List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
    if (offsets.isEmpty()) {
      throw new Unreadable("clocks of " + zone + " skip that time");
    }

    return local.toInstant(offsets.get(0));
  }

  /** A time of no zone. */
  static LocalDateTime local(String text) throws Unreadable {
    Matcher parts = parts(text);
    if (parts.group(3) != null) {
      throw new Unreadable("it names a zone, and its column holds times without one");
    }

    return local(parts);
  }

  private static Matcher parts(String text) throws Unreadable {
    Matcher parts = TIME.matcher(text.strip());
    if (!parts.matches()) {
      throw new Unreadable("it is no time such as 2024-03-01T05:00:00Z");
    }

    return parts;
  }

  private static LocalDateTime local(Matcher parts) throws Unreadable {
    try {
      LocalDate day = LocalDate.parse(parts.group(1));
      LocalTime time =
          parts.group(2) == null ? LocalTime.MIDNIGHT : LocalTime.parse(parts.group(2));
      if (!time.equals(time.truncatedTo(ChronoUnit.MICROS))) {
        throw new Unreadable("digits below a microsecond would be lost");
      }

      return day.atTime(time);
    } catch (DateTimeException e) {
      throw new Unreadable("there is no such date or time of day");
    }
  }

  private static ZoneOffset offset(String text) throws Unreadable {
    String withColon = text.length() == 5 ? text.substring(0, 3) + ":" + text.substring(3) : text;
    try {
      return text.equals("UTC") ? ZoneOffset.UTC : ZoneOffset.of(withColon);
    } catch (DateTimeException e) {
      throw new Unreadable("no zone is " + text + " from UTC");
    }
  }
}
