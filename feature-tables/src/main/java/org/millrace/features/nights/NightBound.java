package org.millrace.features.nights;

import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.plans.logical.LocalRelation;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Range;
import org.apache.spark.sql.types.DataTypes;
import org.millrace.features.asof.ScalaLists;

/**
 * What {@code :from} or {@code :to} is in an analysed plan until a night takes its place: an
 * instant of the year 9991 that no definition names to the microsecond. Spark binds nothing but
 * values.
 */
enum NightBound {
  FROM(253_121_834_017_771_013L),
  TO(253_121_834_017_771_027L);

  private final long micros;

  NightBound(long micros) {
    this.micros = micros;
  }

  /** What to bind. */
  Literal mark() {
    return new Literal(micros, DataTypes.TimestampType);
  }

  /** Whether an expression is this bound. */
  boolean is(Expression expression) {
    return mark().equals(expression);
  }

  /** Whether a bound is anywhere in an expression. */
  static boolean isIn(Expression expression) {
    return FROM.is(expression)
        || TO.is(expression)
        || ScalaLists.list(expression.children()).stream().anyMatch(NightBound::isIn);
  }

  /**
   * Whether the analysis may have put a bound's value into rows: that of a {@code VALUES} clause or
   * of {@code range}.
   */
  static boolean mayBeEvaluated(String sql, LogicalPlan plan) {
    return (sql.contains(":from") || sql.contains(":to")) && makesRows(plan);
  }

  private static boolean makesRows(LogicalPlan plan) {
    return plan instanceof LocalRelation
        || plan instanceof Range
        || (!Carried.isIn(plan)
            && ScalaLists.list(plan.children()).stream().anyMatch(NightBound::makesRows));
  }
}
