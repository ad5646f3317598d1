package org.millrace.features.nights;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.catalyst.expressions.And;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Coalesce;
import org.apache.spark.sql.catalyst.expressions.EqualTo;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Greatest;
import org.apache.spark.sql.catalyst.expressions.Least;
import org.apache.spark.sql.catalyst.plans.Cross$;
import org.apache.spark.sql.catalyst.plans.FullOuter$;
import org.apache.spark.sql.catalyst.plans.Inner$;
import org.apache.spark.sql.catalyst.plans.JoinType;
import org.apache.spark.sql.catalyst.plans.LeftOuter$;
import org.apache.spark.sql.catalyst.plans.RightOuter$;
import org.apache.spark.sql.catalyst.plans.logical.Join;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.millrace.features.asof.ScalaLists;
import scala.Option;

/** A join in which rows of one night alone meet. Driver only. */
final class NightJoin {
  private final NightPlan plan;
  private final NightConditions conditions;
  private final Join join;
  private final List<Attribute> leftOutput;
  private final List<Attribute> rightOutput;

  NightJoin(NightPlan plan, NightConditions conditions, Join join) {
    this.plan = plan;
    this.conditions = conditions;
    this.join = join;
    leftOutput = ScalaLists.list(join.left().output());
    rightOutput = ScalaLists.list(join.right().output());
  }

  Carried rewrite() {
    Carried left = plan.rewrite(join.left());
    Carried right = plan.rewrite(join.right());
    if (plan.hasNightlySubquery(join)) {
      throw new NotFollowedException("the condition of a join has a subquery");
    }
    if (!left.isNightly() && !right.isNightly() && !NightPlan.hasBound(join)) {
      return Carried.same(join);
    }

    JoinType type = join.joinType();
    boolean isInner = type.equals(Inner$.MODULE$) || type.equals(Cross$.MODULE$);
    boolean keepsLeft = type.equals(LeftOuter$.MODULE$) || type.equals(FullOuter$.MODULE$);
    boolean keepsRight = type.equals(RightOuter$.MODULE$) || type.equals(FullOuter$.MODULE$);
    if (!isInner && !keepsLeft && !keepsRight) {
      throw new NotFollowedException("it has a " + type.sql() + " join");
    }
    if (keepsLeft || (isInner && !right.isNightly())) {
      left = plan.nightly(left, leftOutput);
    }
    if (keepsRight) {
      right = plan.nightly(right, rightOutput);
    }

    return joined(left, right, isInner ? Inner$.MODULE$ : type);
  }

  private Carried joined(Carried left, Carried first, JoinType type) {
    // both sides may be the same input, with the same days
    Carried right = first.isNightly() ? first.project(rightOutput) : first;
    boolean areBoth = left.isNightly() && right.isNightly();
    Carried one = left.isNightly() && !type.equals(RightOuter$.MODULE$) ? left : right;
    Optional<Expression> condition = condition(type).map(kept -> plan.bound(kept, one));
    if (areBoth) {
      Expression same = new EqualTo(left.nightly().night(), right.nightly().night());
      condition = Optional.of(condition.<Expression>map(of -> new And(of, same)).orElse(same));
    }

    LogicalPlan both =
        new Join(
            left.plan(), right.plan(), type, Option.apply(condition.orElse(null)), join.hint());
    List<Attribute> output = ScalaLists.list(join.output());
    return areBoth
        ? project(both, output, type, left.nightly(), right.nightly())
        : new Carried(both, one.days()).project(output);
  }

  private Optional<Expression> condition(JoinType type) {
    if (join.condition().isEmpty()) {
      return Optional.empty();
    }

    Expression condition = join.condition().get();
    return type.equals(Inner$.MODULE$) ? conditions.kept(condition) : Optional.of(condition);
  }

  private static Carried project(
      LogicalPlan both,
      List<Attribute> output,
      JoinType type,
      Carried.Days left,
      Carried.Days right) {
    Expression night = type.equals(RightOuter$.MODULE$) ? right.night() : left.night();
    if (type.equals(FullOuter$.MODULE$)) {
      night = new Coalesce(ScalaLists.seq(List.of(left.night(), right.night())));
    }

    // both skip nulls
    List<Expression> oldest = new ArrayList<>(List.of(left.oldest(), right.oldest()));
    List<Expression> newest = new ArrayList<>(List.of(left.newest(), right.newest()));
    return Carried.project(
        both,
        output,
        night,
        new Least(ScalaLists.seq(oldest)),
        new Greatest(ScalaLists.seq(newest)));
  }
}
