package org.millrace.features.nights;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.expressions.PlanExpression;
import org.apache.spark.sql.catalyst.expressions.WindowSpecDefinition;
import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateFunction;
import org.apache.spark.sql.catalyst.expressions.aggregate.Max;
import org.apache.spark.sql.catalyst.expressions.aggregate.Min;
import org.apache.spark.sql.catalyst.plans.Inner$;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.Distinct;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.Generate;
import org.apache.spark.sql.catalyst.plans.logical.Join;
import org.apache.spark.sql.catalyst.plans.logical.JoinHint;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.ResolvedHint;
import org.apache.spark.sql.catalyst.plans.logical.Sort;
import org.apache.spark.sql.catalyst.plans.logical.SubqueryAlias;
import org.apache.spark.sql.catalyst.plans.logical.Union;
import org.apache.spark.sql.catalyst.plans.logical.View;
import org.apache.spark.sql.catalyst.plans.logical.Window;
import org.apache.spark.sql.types.DataTypes;
import org.millrace.features.asof.ScalaLists;
import scala.Option;

/**
 * Rewrites the analysed plan of a query so that it computes each night apart: rows of different
 * nights never meet in a group, a window or a join. Beside the night it carries the source days
 * that a row comes from. The inputs bring the columns along, under a projection that hides them
 * from the query. Driver only.
 */
final class NightPlan {
  private final LogicalPlan nights;
  private final BiFunction<NightBound, Attribute, Expression> bounds;
  private final NightConditions conditions;

  /**
   * Prepares the rewriting.
   *
   * @param nights one DATE column, a row a night
   * @param bounds what {@code :from} and {@code :to} are in a night
   * @param conditions whether conditions with these hold or are left out
   */
  NightPlan(
      LogicalPlan nights,
      BiFunction<NightBound, Attribute, Expression> bounds,
      NightConditions conditions) {
    this.nights = nights;
    this.bounds = bounds;
    this.conditions = conditions;
  }

  /** The rewritten plan. Throws {@link NotFollowedException} where an operator is not known. */
  Carried rewrite(LogicalPlan plan) {
    if (Carried.isIn(plan)) {
      return new Carried(plan, Optional.of(Carried.Days.last(ScalaLists.list(plan.output()))));
    }
    if (plan instanceof SubqueryAlias
        || plan instanceof View
        || plan instanceof ResolvedHint
        || plan instanceof Sort) {
      return rewrite(plan.children().head()); // without a limit, the order of rows means nothing
    }
    if (plan instanceof Join join) {
      return new NightJoin(this, conditions, join).rewrite();
    }
    if (plan instanceof Union union) {
      return union(union);
    }

    return plan.children().size() == 1 ? unary(plan) : same(plan);
  }

  /** What depends on no night stays as it is; all else here is unknown. */
  private Carried same(LogicalPlan plan) {
    for (LogicalPlan child : ScalaLists.list(plan.children())) {
      refuse(rewrite(child).isNightly(), plan);
    }

    refuse(hasBound(plan) || hasNightlySubquery(plan), plan);
    return Carried.same(plan);
  }

  private static void refuse(boolean isUnknown, LogicalPlan plan) {
    if (isUnknown) {
      throw new NotFollowedException("it has a " + plan.nodeName());
    }
  }

  private Carried unary(LogicalPlan plan) {
    refuse(hasNightlySubquery(plan), plan);
    LogicalPlan child = plan.children().head();
    Carried rewritten = rewrite(child);
    if (!rewritten.isNightly() && !hasBound(plan)) {
      return Carried.same(plan);
    }

    Carried of = nightly(rewritten, ScalaLists.list(child.output()));
    if (plan instanceof Project project) {
      return of.project(named(project.projectList(), of));
    } else if (plan instanceof Filter filter) {
      return filter(filter, of);
    } else if (plan instanceof Aggregate aggregate) {
      refuse(aggregate.groupingExpressions().isEmpty(), plan); // gives a row where there is none
      return group(
          expressions(aggregate.groupingExpressions(), of),
          named(aggregate.aggregateExpressions(), of),
          ScalaLists.list(aggregate.output()),
          of);
    } else if (plan instanceof Distinct) {
      List<Attribute> columns = ScalaLists.list(plan.output());
      return group(columns, columns, columns, of);
    } else if (plan instanceof Window window) {
      return window(window, of);
    } else if (plan instanceof Generate generate) {
      return generate(generate, of);
    }

    throw new NotFollowedException("it has a " + plan.nodeName());
  }

  private Carried filter(Filter filter, Carried of) {
    Optional<Expression> condition =
        conditions.kept(filter.condition()).map(kept -> bound(kept, of));
    return condition.isEmpty()
        ? of
        : new Carried(new Filter(condition.get(), of.plan()), of.days());
  }

  private static Carried group(
      List<? extends Expression> grouping,
      List<? extends NamedExpression> columns,
      List<Attribute> output,
      Carried of) {
    Carried.Days days = of.nightly();
    List<Expression> by = new ArrayList<>(grouping);
    by.add(days.night());
    List<NamedExpression> list = new ArrayList<>(columns);
    list.add(days.night());
    list.add(Carried.alias(whole(new Min(days.oldest())), Carried.OLDEST));
    list.add(Carried.alias(whole(new Max(days.newest())), Carried.NEWEST));
    LogicalPlan grouped = new Aggregate(ScalaLists.seq(by), ScalaLists.seq(list), of.plan());
    Carried.Days last = Carried.Days.last(ScalaLists.list(grouped.output()));
    return new Carried(grouped, Optional.of(last)).project(output);
  }

  private static Expression whole(AggregateFunction function) {
    return function.toAggregateExpression();
  }

  private Carried window(Window window, Carried of) {
    List<NamedExpression> columns =
        named(window.windowExpressions(), of).stream()
            .map(column -> (NamedExpression) apart((Expression) column, of.nightly().night()))
            .toList();
    List<Expression> by = new ArrayList<>(expressions(window.partitionSpec(), of));
    by.add(of.nightly().night());
    LogicalPlan computed =
        new Window(ScalaLists.seq(columns), ScalaLists.seq(by), window.orderSpec(), of.plan());
    return new Carried(computed, of.days()).project(ScalaLists.list(window.output()));
  }

  /** The same window function, in partitions of one night. */
  private static Expression apart(Expression expression, Attribute night) {
    Expression mapped = expression.mapChildren(child -> apart(child, night));
    if (!(mapped instanceof WindowSpecDefinition spec)) {
      return mapped;
    }

    List<Expression> by = new ArrayList<>(ScalaLists.list(spec.partitionSpec()));
    by.add(night);
    return new WindowSpecDefinition(
        ScalaLists.seq(by), spec.orderSpec(), spec.frameSpecification());
  }

  private Carried generate(Generate generate, Carried of) {
    Generate bound = (Generate) generate.mapExpressions(expression -> bound(expression, of));
    LogicalPlan made =
        new Generate(
            bound.generator(),
            ScalaLists.seq(List.of()),
            generate.outer(),
            generate.qualifier(),
            generate.generatorOutput(),
            of.plan());
    return new Carried(made, of.days()).project(ScalaLists.list(generate.output()));
  }

  private Carried union(Union union) {
    List<LogicalPlan> children = ScalaLists.list(union.children());
    List<Carried> rewritten = children.stream().map(this::rewrite).toList();
    if (rewritten.stream().noneMatch(Carried::isNightly)) {
      return Carried.same(union);
    }

    List<LogicalPlan> parts = new ArrayList<>();
    for (int i = 0; i < children.size(); i++) {
      List<Attribute> output = ScalaLists.list(children.get(i).output());
      parts.add(nightly(rewritten.get(i), output).project(output).plan());
    }

    LogicalPlan all = new Union(ScalaLists.seq(parts), union.byName(), union.allowMissingCol());
    return new Carried(all, Optional.of(Carried.Days.last(ScalaLists.list(all.output()))));
  }

  /** The same rows in each night, where they depend on none yet. */
  Carried nightly(Carried of, List<Attribute> output) {
    if (of.isNightly()) {
      return of;
    }

    // identities of its own: another part of the query may be crossed with the nights, too
    Carried each = Carried.project(nights, List.of(), nights.output().head(), noDay(), noDay());
    LogicalPlan crossed =
        new Join(of.plan(), each.plan(), Inner$.MODULE$, Option.empty(), JoinHint.NONE());
    return new Carried(crossed, each.days()).project(output);
  }

  private static Expression noDay() {
    return Literal.create(null, DataTypes.DateType);
  }

  /** The expression in the night of a row. */
  Expression bound(Expression expression, Carried of) {
    for (NightBound bound : NightBound.values()) {
      if (bound.is(expression)) {
        return bounds.apply(bound, of.nightly().night());
      }
    }

    return expression.mapChildren(child -> bound(child, of));
  }

  private List<Expression> expressions(scala.collection.Seq<Expression> list, Carried of) {
    return ScalaLists.list(list).stream().map(expression -> bound(expression, of)).toList();
  }

  private List<NamedExpression> named(scala.collection.Seq<NamedExpression> list, Carried of) {
    return ScalaLists.list(list).stream()
        .map(column -> (NamedExpression) bound((Expression) column, of))
        .toList();
  }

  static boolean hasBound(LogicalPlan plan) {
    return ScalaLists.list(plan.expressions()).stream().anyMatch(NightBound::isIn);
  }

  /** Whether a subquery of an expression depends on the night. */
  boolean hasNightlySubquery(LogicalPlan plan) {
    return ScalaLists.list(plan.expressions()).stream()
        .flatMap(NightPlan::subqueries)
        .anyMatch(subquery -> rewrite(subquery).isNightly());
  }

  private static Stream<LogicalPlan> subqueries(Expression expression) {
    Stream<LogicalPlan> below =
        ScalaLists.list(expression.children()).stream().flatMap(NightPlan::subqueries);
    return expression instanceof PlanExpression<?> subquery
            && subquery.plan() instanceof LogicalPlan plan
        ? Stream.concat(Stream.of(plan), below)
        : below;
  }
}
