package org.millrace.features.validation;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Judges rows before they become visible.
 *
 * <p>Always, and before the file's rules: there is a row (unless empty days are allowed); no key
 * and no time is null; no floating-point feature is NaN (unless allowed: NaN is greater than every
 * number, so Deequ's comparisons let it through) or infinite; no two rows agree in keys, times and
 * tie. Where there is no row the file's rules are checked, not evaluated: Deequ fails most rules on
 * nothing.
 *
 * <p>Placement: driver only; reads the rows once for what always holds and for rules on values,
 * once more for other single-column rules of the file, and once for each rule on uniqueness. Hand
 * in rows that are cheap to read again, such as staged Parquet.
 */
public final class ValidateRows {
  private ValidateRows() {}

  /**
   * Looks whether rules can be evaluated on rows of a schema, without any. Throws DEFINITION where
   * they cannot be read, have a rule type that is not supported or name a column that is not there.
   */
  public static void check(SparkSession spark, ValidationRules rules, StructType schema) {
    DqdlRuleset.parse(spark, rules.source(), rules.dqdl(), schema);
    new StandingRules(rules, schema);
  }

  /**
   * Evaluates all rules. Throws DEFINITION, before anything is read, where the ruleset cannot be
   * parsed, has a rule type that is not supported (see {@code docs/validation.md}) or names a
   * column that the rows lack; and, after reading, where a rule cannot be evaluated on a column's
   * type.
   */
  public static ValidationReport validate(Dataset<Row> rows, ValidationRules rules) {
    requireNonNull(rows, "rows is null");
    DqdlRuleset ruleset =
        DqdlRuleset.parse(rows.sparkSession(), rules.source(), rules.dqdl(), rows.schema());
    StandingRules standing = new StandingRules(rules, rows.schema());
    StandingRules.Result always = standing.evaluate(rows, ruleset.ofValues());
    List<RuleOutcome> outcomes = new ArrayList<>(always.outcomes());
    if (always.rows() > 0) {
      outcomes.addAll(ruleset.evaluate(rows, always.ofValues()));
    }

    return new ValidationReport(always.rows(), outcomes);
  }
}
