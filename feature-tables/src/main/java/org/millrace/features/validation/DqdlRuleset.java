package org.millrace.features.validation;

import com.amazon.deequ.dqdl.EvaluateDataQuality;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.sql.DefinitionGuard;
import software.amazon.glue.dqdl.exception.InvalidDataQualityRulesetException;
import software.amazon.glue.dqdl.model.DQRule;
import software.amazon.glue.dqdl.model.DQRuleset;
import software.amazon.glue.dqdl.parser.DQDLParser;

/**
 * A DQDL ruleset that fits some rows; the only class that knows Deequ. What Deequ would report as a
 * failed rule although no data could pass it (a misspelt column, a type that a rule does not take)
 * is refused here as a wrong definition. Driver only.
 */
final class DqdlRuleset {
  /** Rule types that are tested with this version of Deequ; {@code docs/validation.md} has them. */
  static final Set<String> SUPPORTED =
      Set.of(
          "ColumnCorrelation",
          "ColumnCount",
          "ColumnDataType",
          "ColumnExists",
          "ColumnLength",
          "ColumnNamesMatchPattern",
          "ColumnValues",
          "Completeness",
          "Composite",
          "DistinctValuesCount",
          "Entropy",
          "IsComplete",
          "IsPrimaryKey",
          "IsUnique",
          "Mean",
          "RowCount",
          "StandardDeviation",
          "Sum",
          "UniqueValueRatio",
          "Uniqueness");

  private static final Pattern VALUE = Pattern.compile("Value: (-?[0-9][0-9.E+-]*|NaN) does not");
  private static final List<String> DATA_REASONS =
      List.of(
          "does not meet the constraint requirement", "Empty state", "do not match the pattern");

  /** Also inside a composite rule, whose other parts may have been evaluated. */
  private static final String WRONG_TYPE = "Expected type of column";

  private final String source;
  private final String text;
  private final List<DQRule> rules;

  private DqdlRuleset(String source, String text, List<DQRule> rules) {
    this.source = source;
    this.text = text;
    this.rules = rules;
  }

  /** Throws DEFINITION, with the file and the rule. */
  static DqdlRuleset parse(SparkSession spark, String source, String text, StructType schema) {
    DQRuleset ruleset;
    try {
      ruleset = new DQDLParser().parse(text);
    } catch (InvalidDataQualityRulesetException | RuntimeException e) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot read rules " + source + ": " + e.getMessage() + "; docs/validation.md shows how",
          e);
    }

    ruleset
        .getRules()
        .forEach(rule -> check(source, rule, Set.copyOf(List.of(schema.fieldNames()))));
    ruleset.getRules().forEach(rule -> requireConditions(spark, source, rule));
    return new DqdlRuleset(source, text, ruleset.getRules().stream().distinct().toList());
  }

  private static void check(String source, DQRule rule, Set<String> columns) {
    if (!SUPPORTED.contains(rule.getRuleType())) {
      throw wrong(
          source,
          rule,
          "rules of type "
              + rule.getRuleType()
              + " are not supported; use one of "
              + new TreeSet<>(SUPPORTED));
    }
    if (rule.getCondition() != null
        && rule.getCondition().getFormattedCondition().contains("now()")) {
      throw wrong(
          source, rule, "it depends on the clock, so a day run again may fail; name a date");
    }

    if (rule.getThresholdCondition() != null) {
      throw wrong(
          source, rule, "Deequ ignores 'with threshold'; leave rows out by a where clause instead");
    }

    columnsOf(rule).stream()
        .filter(column -> !columns.contains(column))
        .findFirst()
        .ifPresent(
            column -> {
              throw wrong(
                  source,
                  rule,
                  "there is no column '" + column + "'; there are " + new TreeSet<>(columns));
            });
    rule.getNestedRules().forEach(nested -> check(source, nested, columns));
  }

  /** Deequ hands a where clause to Spark as it is: subqueries and all. */
  private static void requireConditions(SparkSession spark, String source, DQRule rule) {
    String where = rule.getWhereClause();
    if (where != null && !where.isBlank()) {
      DefinitionGuard.requireCondition(spark, "rule " + rule + " of " + source, where);
    }

    rule.getNestedRules().forEach(nested -> requireConditions(spark, source, nested));
  }

  private static List<String> columnsOf(DQRule rule) {
    if (rule.getParameters() == null || rule.getRuleType().equals("ColumnExists")) {
      return List.of(); // a composite has none; whether the column exists is that rule's question
    }

    return rule.getParameters().entrySet().stream()
        .filter(parameter -> parameter.getKey().startsWith("TargetColumn"))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** The outcome of each rule, in the order of the file. Throws DEFINITION as {@link #parse}. */
  List<RuleOutcome> evaluate(Dataset<Row> rows) {
    Map<String, Row> results = new HashMap<>();
    for (Row result : EvaluateDataQuality.process(rows, text).collectAsList()) {
      results.put(result.getAs("Rule"), result);
    }

    List<RuleOutcome> outcomes = new ArrayList<>();
    for (DQRule rule : rules) {
      Row result = results.get(rule.toString());
      if (result == null) {
        throw wrong(source, rule, "Deequ gave no outcome for it; write it another way");
      }

      outcomes.add(outcome(rule, result));
    }

    return outcomes;
  }

  private RuleOutcome outcome(DQRule rule, Row result) {
    boolean passed = "Passed".equals(result.getAs("Outcome"));
    String reason = Optional.<String>ofNullable(result.getAs("FailureReason")).orElse("");
    boolean isAboutData = DATA_REASONS.stream().anyMatch(reason::contains);
    if ((!passed && !isAboutData) || reason.contains(WRONG_TYPE)) {
      throw wrong(source, rule, "it cannot be evaluated: " + reason);
    }

    Map<String, Double> metrics =
        new TreeMap<>(result.<String, Double>getJavaMap(result.fieldIndex("EvaluatedMetrics")));
    return new RuleOutcome(
        rule.toString(),
        passed,
        metrics,
        value(metrics, reason),
        bound(rule),
        passed ? Optional.empty() : Optional.of(explained(reason)));
  }

  private static OptionalDouble value(Map<String, Double> metrics, String reason) {
    if (metrics.size() == 1) {
      return OptionalDouble.of(metrics.values().iterator().next());
    }

    Matcher value = VALUE.matcher(reason);
    return value.find()
        ? OptionalDouble.of(Double.parseDouble(value.group(1)))
        : OptionalDouble.empty();
  }

  private static String bound(DQRule rule) {
    if (!rule.getNestedRules().isEmpty()) {
      return rule.toString();
    }

    String condition =
        rule.getCondition() == null ? "" : rule.getCondition().getFormattedCondition();
    return condition.isBlank() ? "= 1.0" : condition;
  }

  private static String explained(String reason) {
    return reason.contains("Value: NULL")
        ? reason
            + " A null breaks this rule; where nulls are allowed, add: where \"<column> is not null\""
        : reason;
  }

  private static MillraceException wrong(String source, DQRule rule, String problem) {
    return new MillraceException(
        ErrorCategory.DEFINITION, "Cannot use rule " + rule + " of " + source + ": " + problem);
  }
}
