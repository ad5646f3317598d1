package org.millrace.features.validation;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.isnan;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.EmptyDays;
import org.millrace.features.spark.ColumnNames;

/** The rules that hold for every view, in one pass: counts by identity, then their sums. */
final class StandingRules {
  private static final Column INFINITY = lit(Double.POSITIVE_INFINITY);

  private final ValidationRules rules;
  private final List<String> identity;
  private final List<String> nanFeatures;
  private final List<String> floatingFeatures;

  /** Throws DEFINITION where a column is missing. */
  StandingRules(ValidationRules rules, StructType schema) {
    this.rules = rules;
    this.identity = rules.identity();
    List<String> needed = new ArrayList<>(identity);
    needed.addAll(rules.features());
    Set<String> present = Set.copyOf(List.of(schema.fieldNames()));
    List<String> missing = needed.stream().filter(name -> !present.contains(name)).toList();
    if (!missing.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot validate rows: columns "
              + missing
              + " are missing, there are "
              + String.join(", ", schema.fieldNames())
              + "; correct the view's SQL or its definition");
    }

    this.floatingFeatures =
        rules.features().stream()
            .filter(name -> isFloating(schema.apply(name).dataType()))
            .toList();
    this.nanFeatures =
        floatingFeatures.stream().filter(name -> !rules.nanAllowed().contains(name)).toList();
  }

  /**
   * What was found.
   *
   * @param rows how many there are
   * @param ofValues outcomes of the file's rules on values; empty where there are no rows
   */
  record Result(long rows, List<RuleOutcome> outcomes, Map<ValueRule, RuleOutcome> ofValues) {}

  /**
   * Counts what breaks the rules.
   *
   * @param more rules of the file that are counted in the same pass
   */
  Result evaluate(Dataset<Row> rows, List<ValueRule> more) {
    Row counts = counts(rows, more);
    long rowCount = counts.getLong(0);
    List<RuleOutcome> outcomes = new ArrayList<>();
    if (rules.emptyDays() == EmptyDays.FAIL) {
      outcomes.add(outcome("RowCount", "", rowCount, rowCount > 0, "> 0", "there is no row"));
    }

    int next = 2;
    for (String column : requiredColumns()) {
      outcomes.add(none("NullCount", column, counts.getLong(next++), "it has nulls"));
    }
    for (String column : nanFeatures) {
      outcomes.add(none("NanCount", column, counts.getLong(next++), "it has NaN"));
    }

    for (String column : floatingFeatures) {
      outcomes.add(none("InfinityCount", column, counts.getLong(next++), "it has infinities"));
    }

    long repeated = rowCount - counts.getLong(1);
    if (rules.duplicates() == ValidationRules.Duplicates.REFUSED) {
      outcomes.add(
          none(
              "DuplicateCount",
              String.join(", ", identity),
              repeated,
              "rows agree in all of them"));
    }

    Map<ValueRule, RuleOutcome> ofValues = new LinkedHashMap<>();
    for (ValueRule rule : rowCount == 0 ? List.<ValueRule>of() : more) {
      long judged = counts.getLong(next++);
      ofValues.put(rule, rule.outcome(rows, judged, counts.getLong(next++)));
    }

    return new Result(rowCount, outcomes, ofValues);
  }

  private List<String> requiredColumns() {
    List<String> columns = new ArrayList<>(rules.keys());
    columns.addAll(rules.times());
    return columns;
  }

  /**
   * Rows, distinct identities, nulls by required column, NaN and infinities by feature; by rule on
   * values the rows that it judges and those that break it.
   */
  private Row counts(Dataset<Row> rows, List<ValueRule> more) {
    Column[] by = new Column[identity.size()];
    for (int i = 0; i < by.length; i++) {
      by[i] = ColumnNames.column(identity.get(i)).as("id" + i);
    }

    List<Column> found = new ArrayList<>();
    List<Column> sums = new ArrayList<>(List.of(count(lit(1)).as("groups")));
    for (int i = 0; i < requiredColumns().size(); i++) {
      sums.add(total(when(col("id" + i).isNull(), col("n")).otherwise(0L)).as("nulls" + i));
    }
    nanFeatures.forEach(name -> found.add(isnan(ColumnNames.column(name))));
    floatingFeatures.forEach(name -> found.add(abs(ColumnNames.column(name)).equalTo(INFINITY)));
    for (ValueRule rule : more) {
      found.add(rule.where().orElse(lit(true)));
      found.add(rule.isBroken());
    }

    Column[] inGroup = new Column[found.size()];
    for (int i = 0; i < inGroup.length; i++) {
      inGroup[i] = count(when(found.get(i), 1)).as("found" + i);
      sums.add(total(col("found" + i)));
    }

    return rows.groupBy(by)
        .agg(count(lit(1)).as("n"), inGroup)
        .agg(total(col("n")), sums.toArray(Column[]::new))
        .head();
  }

  private static Column total(Column numbers) {
    return coalesce(sum(numbers), lit(0L));
  }

  private static boolean isFloating(DataType type) {
    return type.equals(DataTypes.DoubleType) || type.equals(DataTypes.FloatType);
  }

  private static RuleOutcome none(String metric, String column, long found, String problem) {
    return outcome(metric, " \"" + column + "\"", found, found == 0, "= 0", problem);
  }

  private static RuleOutcome outcome(
      String metric, String column, long found, boolean passed, String bound, String problem) {
    return new RuleOutcome(
        metric + column + " " + bound,
        passed,
        Map.of(metric + column.replace("\"", "").replace(' ', '.'), (double) found),
        OptionalDouble.of((double) found),
        bound,
        passed ? Optional.empty() : Optional.of(problem));
  }
}
