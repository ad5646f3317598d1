package org.millrace.features.nights;

import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.catalyst.expressions.And;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.Inner$;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.Join;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.millrace.features.asof.ScalaLists;

/** What becomes of conditions on {@code :from} and {@code :to}. */
enum NightConditions {
  /** They hold: these are the rows of the nights. */
  HOLD,

  /** They are left out: these are the rows that no condition on the asked days leaves out. */
  LEFT_OUT;

  /** What is left of a condition; empty where nothing is. */
  Optional<Expression> kept(Expression condition) {
    if (this == HOLD) {
      return Optional.of(condition);
    }
    if (condition instanceof And and) {
      Optional<Expression> left = kept(and.left());
      Optional<Expression> right = kept(and.right());
      return left.isPresent() && right.isPresent()
          ? Optional.of(new And(left.get(), right.get()))
          : left.or(() -> right);
    }

    return NightBound.isIn(condition) ? Optional.empty() : Optional.of(condition);
  }

  /** How a query uses {@code :from} and {@code :to}. */
  enum Use {
    /** Not at all. */
    NONE,

    /** In conditions of filters and inner joins alone. */
    IN_CONDITIONS,

    /** In values too: a night may make rows of its own. */
    IN_VALUES
  }

  /** How a plan uses the bounds. */
  static Use use(LogicalPlan plan) {
    Use use = Use.NONE;
    if (NightPlan.hasBound(plan)) {
      boolean isCondition =
          plan instanceof Filter
              || (plan instanceof Join join && join.joinType().equals(Inner$.MODULE$));
      use = isCondition ? Use.IN_CONDITIONS : Use.IN_VALUES;
    }
    for (LogicalPlan child : List.copyOf(ScalaLists.list(plan.children()))) {
      Use below = use(child);
      use = below.compareTo(use) > 0 ? below : use;
    }

    return use;
  }
}
