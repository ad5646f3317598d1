package org.millrace.features.validation;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.millrace.features.spark.ColumnNames;
import software.amazon.glue.dqdl.model.DQRule;
import software.amazon.glue.dqdl.model.condition.number.AtomicNumberOperand;
import software.amazon.glue.dqdl.model.condition.number.NumberBasedCondition;
import software.amazon.glue.dqdl.model.condition.string.Keyword;
import software.amazon.glue.dqdl.model.condition.string.KeywordStringOperand;
import software.amazon.glue.dqdl.model.condition.string.QuotedStringOperand;
import software.amazon.glue.dqdl.model.condition.string.StringBasedCondition;
import software.amazon.glue.dqdl.model.condition.string.StringOperand;

/**
 * A rule {@code ColumnValues} on numbers or texts, judged here and not by Deequ, which compares
 * numbers as DOUBLE and writes texts into SQL as they are. Here a number is compared in the
 * column's own type and a text as it is. A null breaks the rule, unless NULL is one of a set's
 * values.
 *
 * <p>Placement: driver only; the columns are evaluated on executors.
 *
 * @param rule as it was parsed
 * @param column that it is about
 * @param complies true, false or null: whether a row keeps it
 */
record ValueRule(DQRule rule, String column, Column complies) {
  private static final String BLANK = "\\A\\s+\\z";

  /**
   * The rule, if it is of this kind.
   *
   * @throws PatternSyntaxException where a pattern is none
   */
  static Optional<ValueRule> of(DQRule rule, StructType schema) {
    if (!rule.getRuleType().equals("ColumnValues")) {
      return Optional.empty();
    }

    String column = rule.getParameters().get("TargetColumn");
    if (column == null || !Arrays.asList(schema.fieldNames()).contains(column)) {
      return Optional.empty();
    }

    Optional<Column> complies = Optional.empty();
    if (rule.getCondition() instanceof NumberBasedCondition numbers
        && numbers.getOperands().stream().allMatch(AtomicNumberOperand.class::isInstance)) {
      List<String> bounds = numbers.getOperands().stream().map(one -> one.getOperand()).toList();
      complies =
          ExactNumbers.of(column, schema.apply(column).dataType())
              .map(exact -> exact.complies(numbers.getOperator(), bounds));
    } else if (rule.getCondition() instanceof StringBasedCondition texts
        && schema.apply(column).dataType().equals(DataTypes.StringType)) {
      complies = Optional.of(complies(ColumnNames.column(column), texts));
    }

    return complies.map(holds -> new ValueRule(rule, column, holds));
  }

  private static Column complies(Column text, StringBasedCondition condition) {
    List<StringOperand> operands = condition.getOperands();
    return switch (condition.getOperator()) {
      case EQUALS, IN -> anyOf(text, operands);
      case NOT_EQUALS, NOT_IN -> not(anyOf(text, operands));
      case MATCHES -> text.rlike(whole(operands.get(0)));
      case NOT_MATCHES -> not(text.rlike(whole(operands.get(0))));
    };
  }

  /** The whole value, whatever lines it has. */
  private static String whole(StringOperand pattern) {
    return "\\A(?:" + Pattern.compile(pattern.getOperand()).pattern() + ")\\z";
  }

  private static Column anyOf(Column text, List<StringOperand> operands) {
    Object[] words =
        operands.stream()
            .filter(QuotedStringOperand.class::isInstance)
            .map(StringOperand::getOperand)
            .toArray();
    Column found = words.length == 0 ? lit(false) : text.isin(words);
    for (StringOperand operand : operands) {
      if (operand instanceof KeywordStringOperand) {
        found = found.or(keyword(text, Keyword.valueOf(operand.formatOperand())));
      }
    }

    boolean isNullListed =
        operands.stream()
            .anyMatch(
                operand ->
                    operand instanceof KeywordStringOperand
                        && operand.formatOperand().equals(Keyword.NULL.name()));
    return isNullListed ? coalesce(found, lit(false)) : found;
  }

  private static Column keyword(Column text, Keyword keyword) {
    return switch (keyword) {
      case NULL -> text.isNull();
      case EMPTY -> text.equalTo(lit(""));
      case WHITESPACES_ONLY -> text.rlike(BLANK);
    };
  }

  /** Whether a row is judged at all. */
  Optional<Column> where() {
    String where = rule.getWhereClause();
    return where == null || where.isBlank() ? Optional.empty() : Optional.of(functions.expr(where));
  }

  /** True where a row is judged and breaks the rule, else false. */
  Column isBroken() {
    Column broken = not(coalesce(complies, lit(false)));
    return where().map(where -> coalesce(where, lit(false)).and(broken)).orElse(broken);
  }

  /**
   * What became of it.
   *
   * @param rows the rows, read again for an example of what breaks it
   * @param judged rows that the rule is about
   * @param broken those that break it
   */
  RuleOutcome outcome(Dataset<Row> rows, long judged, long broken) {
    double share = judged == 0 ? 1 : (judged - broken) / (double) judged;
    return new RuleOutcome(
        rule.toString(),
        broken == 0,
        Map.of("Column." + column + ".Compliance", share),
        OptionalDouble.of(share),
        rule.getCondition().getFormattedCondition(),
        broken == 0 ? Optional.empty() : Optional.of(reason(rows, judged, broken)));
  }

  private String reason(Dataset<Row> rows, long judged, long broken) {
    Row example =
        rows.where(isBroken())
            .select(ColumnNames.column(column).cast(DataTypes.StringType))
            .orderBy(ColumnNames.column(column).asc_nulls_last())
            .head();
    String reason =
        "%,d of %,d rows break%s it, such as %s"
            .formatted(
                broken,
                judged,
                broken == 1 ? "s" : "",
                example.isNullAt(0) ? "NULL" : "'" + shortened(example.getString(0)) + "'");
    return example.isNullAt(0)
        ? reason + "; if nulls are allowed, add: where \"" + column + " is not null\""
        : reason;
  }

  private static String shortened(String value) {
    return value.length() <= 100 ? value : value.substring(0, 100) + "...";
  }
}
