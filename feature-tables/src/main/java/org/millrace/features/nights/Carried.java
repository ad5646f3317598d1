package org.millrace.features.nights;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.millrace.features.asof.ScalaLists;
import scala.Option;

/**
 * A plan with the columns that are carried beside its own. Driver only.
 *
 * @param plan its output is that of the query, then the days
 * @param days empty where the rows depend on no night
 */
record Carried(LogicalPlan plan, Optional<Days> days) {
  /** The night that computes a row: as if there were a query for each. */
  static final String NIGHT = "__millrace_night";

  /** The oldest source day that a row comes from; null where it comes from none. */
  static final String OLDEST = "__millrace_oldest";

  /** The newest source day that a row comes from; null where it comes from none. */
  static final String NEWEST = "__millrace_newest";

  /** The carried columns, none of which a query can name. */
  record Days(Attribute night, Attribute oldest, Attribute newest) {
    List<Attribute> all() {
      return List.of(night, oldest, newest);
    }

    /** The days at the end of an output. */
    static Days last(List<Attribute> output) {
      int end = output.size();
      return new Days(output.get(end - 3), output.get(end - 2), output.get(end - 1));
    }
  }

  /** Whether a plan has the columns: an input, or what was made of one. */
  static boolean isIn(LogicalPlan plan) {
    return ScalaLists.list(plan.output()).stream().anyMatch(column -> column.name().equals(NIGHT));
  }

  /** What is the same in all nights. */
  static Carried same(LogicalPlan plan) {
    return new Carried(plan, Optional.empty());
  }

  boolean isNightly() {
    return days.isPresent();
  }

  Days nightly() {
    return days.orElseThrow();
  }

  /** Exactly these columns, then these expressions as the days. */
  static Carried project(
      LogicalPlan plan,
      List<? extends NamedExpression> columns,
      Expression night,
      Expression oldest,
      Expression newest) {
    List<NamedExpression> list = new ArrayList<>(columns);
    list.add(alias(night, NIGHT));
    list.add(alias(oldest, OLDEST));
    list.add(alias(newest, NEWEST));
    LogicalPlan project = new Project(ScalaLists.seq(list), plan);
    return new Carried(project, Optional.of(Days.last(ScalaLists.list(project.output()))));
  }

  /** Exactly these columns, and the same days under identities of their own. */
  Carried project(List<? extends NamedExpression> columns) {
    Days of = nightly();
    return project(plan, columns, of.night(), of.oldest(), of.newest());
  }

  static Alias alias(Expression of, String name) {
    return new Alias(
        of,
        name,
        NamedExpression.newExprId(),
        ScalaLists.seq(List.of()),
        Option.empty(),
        ScalaLists.seq(List.of()));
  }
}
