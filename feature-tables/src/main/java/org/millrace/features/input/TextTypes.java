package org.millrace.features.input;

import static org.apache.spark.sql.functions.lit;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;
import org.millrace.features.spark.ColumnNames;

/**
 * Finds types for columns of texts, from all their values: the first of BOOLEAN, BIGINT, DOUBLE,
 * DATE and TIMESTAMP that all of them are written as and that loses nothing of any, else STRING: a
 * number with zeros in front, or that a DOUBLE does not hold digit by digit, is a text.
 *
 * <p>Placement: driver only; one Spark job.
 */
final class TextTypes {
  private static final Pattern WHOLE = Pattern.compile("0|-?[1-9][0-9]{0,18}");
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)?(\\.[0-9]+([eE][+-]?[0-9]{1,3})?|[eE][+-][0-9]{1,3})?");

  /** In the order of preference; a value's bit is set where it may be of the type. */
  private enum Candidate {
    BOOLEAN("boolean", 1),
    BIGINT("bigint", 2),
    DOUBLE("double", 4),
    DATE("date", 8),
    TIMESTAMP("timestamp", 16);

    private final String type;
    private final int bit;

    Candidate(String type, int bit) {
      this.type = type;
      this.bit = bit;
    }

    private boolean takes(String text) {
      try {
        return switch (this) {
          case BOOLEAN -> text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false");
          case BIGINT -> WHOLE.matcher(text).matches() && isLong(text);
          case DOUBLE -> isDouble(text);
          case DATE -> TextValue.date(text) != null;
          case TIMESTAMP -> text.length() > 10 && TextValue.instant(text, ZoneOffset.UTC) != null;
        };
      } catch (TextValue.Unreadable e) {
        return false;
      }
    }

    private static boolean isLong(String text) throws TextValue.Unreadable {
      TextValue.whole(text, Long.MIN_VALUE, Long.MAX_VALUE);
      return true;
    }

    /** A number that a DOUBLE holds digit by digit; {@code 1E5} may be the code of something. */
    private static boolean isDouble(String text) {
      if (!NUMBER.matcher(text).matches() || text.chars().noneMatch(Character::isDigit)) {
        return false;
      }

      BigDecimal written = new BigDecimal(text);
      double number = Double.parseDouble(text);
      return Double.isFinite(number)
          && new BigDecimal(number).round(new MathContext(written.precision())).compareTo(written)
              == 0;
    }
  }

  private static final int ALL = -1; // each bit
  private static final UserDefinedFunction CANDIDATES =
      functions.udf((UDF1<@Nullable String, Integer>) TextTypes::candidates, DataTypes.IntegerType);

  private TextTypes() {}

  /**
   * The type of each column.
   *
   * @param rows all columns are texts
   * @return SQL types by column, in the rows' order
   */
  static Map<String, String> find(Dataset<Row> rows) {
    List<String> columns = List.of(rows.columns());
    if (columns.isEmpty()) {
      return Map.of();
    }

    List<Column> found = new ArrayList<>();
    for (String column : columns) {
      Column text = ColumnNames.column(column);
      found.add(functions.bit_and(CANDIDATES.apply(text)));
      found.add(functions.count(functions.when(text.notEqual(lit("")), 1)));
    }

    Row result =
        rows.agg(found.get(0), found.subList(1, found.size()).toArray(Column[]::new)).head();
    Map<String, String> types = new LinkedHashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      boolean hasValues = result.getLong(2 * i + 1) > 0;
      types.put(columns.get(i), hasValues ? first(result.getInt(2 * i)) : "string");
    }

    return types;
  }

  /** Whether a type is that of days or times. */
  static boolean isTime(String type) {
    return type.equals(Candidate.DATE.type) || type.equals(Candidate.TIMESTAMP.type);
  }

  private static String first(int candidates) {
    for (Candidate candidate : Candidate.values()) {
      if ((candidates & candidate.bit) != 0) {
        return candidate.type;
      }
    }

    return "string";
  }

  private static int candidates(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return ALL;
    }

    int found = 0;
    for (Candidate candidate : Candidate.values()) {
      if (candidate.takes(text)) {
        found |= candidate.bit;
      }
    }

    return found;
  }
}
