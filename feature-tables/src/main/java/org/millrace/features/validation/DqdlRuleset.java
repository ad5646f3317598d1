package org.millrace.features.validation;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import com.amazon.deequ.dqdl.EvaluateDataQuality;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.sql.DefinitionGuard;
import software.amazon.glue.dqdl.exception.InvalidDataQualityRulesetException;
import software.amazon.glue.dqdl.model.DQRule;
import software.amazon.glue.dqdl.model.DQRuleLogicalOperator;
import software.amazon.glue.dqdl.model.DQRuleset;

/**
 * A DQDL ruleset that fits some rows; the only class that knows Deequ. Deequ is asked for counts,
 * which it answers exactly, and for sums and other statistics, which are doubles; rules on values
 * are judged here ({@link ValueRule}), and so is what {@code and} and {@code or} make of their
 * parts. What Deequ would report as a failed rule although no data could pass it (a misspelt
 * column, a type that a rule does not take) is refused here as a wrong definition. Driver only.
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

  private static final String WRONG_TYPE = "Expected type of column";

  private final String source;
  private final List<DQRule> rules;
  private final Map<DQRule, ValueRule> ofValues = new LinkedHashMap<>();

  private DqdlRuleset(String source, List<DQRule> rules, StructType schema) {
    this.source = source;
    this.rules = rules;
    for (DQRule rule : leaves(rules)) {
      try {
        ValueRule.of(rule, schema).ifPresent(own -> ofValues.put(rule, own));
      } catch (PatternSyntaxException e) {
        throw wrong(source, rule, "its pattern is none: " + e.getDescription());
      }
    }
  }

  /** The rules that are no composition of others, each once. */
  private static List<DQRule> leaves(List<DQRule> rules) {
    return rules.stream()
        .flatMap(
            rule ->
                rule.getNestedRules().isEmpty()
                    ? Stream.of(rule)
                    : leaves(rule.getNestedRules()).stream())
        .distinct()
        .toList();
  }

  /** The rules on values. */
  List<ValueRule> ofValues() {
    return List.copyOf(ofValues.values());
  }

  /** Throws DEFINITION, with the file and the rule. */
  static DqdlRuleset parse(SparkSession spark, String source, String text, StructType schema) {
    DQRuleset ruleset;
    try {
      ruleset = DqdlText.parse(text);
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
    return new DqdlRuleset(source, ruleset.getRules().stream().distinct().toList(), schema);
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

  /**
   * The outcome of each rule, in the order of the file. Throws DEFINITION as {@link #parse}.
   *
   * @param judged outcomes of {@link #ofValues()}
   */
  List<RuleOutcome> evaluate(Dataset<Row> rows, Map<ValueRule, RuleOutcome> judged) {
    Map<DQRule, RuleOutcome> outcomes = new HashMap<>();
    ofValues.forEach((rule, own) -> outcomes.put(rule, requireNonNull(judged.get(own))));
    List<DQRule> asked =
        leaves(rules).stream().filter(rule -> !ofValues.containsKey(rule)).toList();
    outcomes.putAll(ask(rows, asked));
    return rules.stream().map(rule -> composed(rule, outcomes)).toList();
  }

  private Map<DQRule, RuleOutcome> ask(Dataset<Row> rows, List<DQRule> asked) {
    Map<DQRule, RuleOutcome> outcomes = new HashMap<>();
    if (asked.isEmpty()) {
      return outcomes;
    }

    String text = asked.stream().map(DQRule::toString).collect(joining(",\n", "Rules = [", "]"));
    Map<String, Row> results = new HashMap<>();
    for (Row result : EvaluateDataQuality.process(rows, text).collectAsList()) {
      results.put(result.getAs("Rule"), result);
    }

    for (DQRule rule : asked) {
      Row result = results.get(rule.toString());
      if (result == null) {
        throw wrong(source, rule, "Deequ gave no outcome for it; write it another way");
      }

      outcomes.put(rule, outcome(rule, result));
    }

    return outcomes;
  }

  private static RuleOutcome composed(DQRule rule, Map<DQRule, RuleOutcome> outcomes) {
    RuleOutcome own = outcomes.get(rule);
    if (own != null) {
      return own;
    }

    List<RuleOutcome> parts =
        rule.getNestedRules().stream().map(part -> composed(part, outcomes)).toList();
    boolean passed =
        rule.getOperator() == DQRuleLogicalOperator.AND
            ? parts.stream().allMatch(RuleOutcome::passed)
            : parts.stream().anyMatch(RuleOutcome::passed);
    Map<String, Double> metrics = new TreeMap<>();
    parts.forEach(part -> metrics.putAll(part.metrics()));
    String reasons = parts.stream().flatMap(part -> part.reason().stream()).collect(joining("; "));
    return new RuleOutcome(
        rule.toString(),
        passed,
        metrics,
        OptionalDouble.empty(),
        rule.toString(),
        passed ? Optional.empty() : Optional.of(reasons));
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
        passed ? Optional.empty() : Optional.of(reason));
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
    String condition =
        rule.getCondition() == null ? "" : rule.getCondition().getFormattedCondition();
    return condition.isBlank() ? "= 1.0" : condition;
  }

  private static MillraceException wrong(String source, DQRule rule, String problem) {
    return new MillraceException(
        ErrorCategory.DEFINITION, "Cannot use rule " + rule + " of " + source + ": " + problem);
  }
}
