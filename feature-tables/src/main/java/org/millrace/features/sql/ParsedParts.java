package org.millrace.features.sql;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.catalyst.analysis.UnresolvedRelation;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.SubqueryAlias;
import org.apache.spark.sql.catalyst.plans.logical.UnresolvedWith;
import org.apache.spark.sql.catalyst.plans.logical.WithWindowDefinition;
import org.apache.spark.sql.types.DataType;
import scala.Product;
import scala.Tuple2;
import scala.collection.Iterator;
import scala.collection.Seq;

/**
 * Visits everything that a parsed statement is made of, wherever Spark keeps it: children,
 * expressions, subqueries, common table expressions, window definitions, relations inside of time
 * travel. A node of Spark is a Scala product, so that nothing can be hidden in a field that the
 * walk does not know.
 *
 * <p>Needs no deep stack, however deep the statement is. Stateless; driver only.
 */
final class ParsedParts {
  private ParsedParts() {}

  /** Judges one node; the first refusal ends the walk. */
  interface Visitor {
    /** What is refused about a plan node; empty if it is allowed. */
    Optional<String> plan(LogicalPlan plan, Scope scope);

    /** What is refused about an expression; empty if it is allowed. */
    Optional<String> expression(Expression expression, Scope scope);
  }

  /**
   * What surrounds a node.
   *
   * @param commonTables names of the common table expressions that are visible here
   * @param inWindowClause true inside of a WINDOW clause, where Spark does not see the common table
   *     expressions
   */
  record Scope(List<String> commonTables, boolean inWindowClause) {
    static final Scope OUTERMOST = new Scope(List.of(), false);

    Scope with(String commonTable) {
      List<String> names = new ArrayList<>(commonTables);
      names.add(commonTable);
      return new Scope(List.copyOf(names), inWindowClause);
    }

    Scope windowClause() {
      return new Scope(commonTables, true);
    }

    /** Compares as Spark does when it puts a common table expression in place of a name. */
    boolean isCommonTable(UnresolvedRelation relation) {
      return relation.multipartIdentifier().size() == 1
          && commonTables.stream()
              .anyMatch(relation.multipartIdentifier().apply(0)::equalsIgnoreCase);
    }
  }

  private record Part(Object value, Scope scope) {}

  /** The first refusal of a visitor; empty if it allows all parts. */
  static Optional<String> refusal(Object root, Visitor visitor) {
    Deque<Part> parts = new ArrayDeque<>();
    parts.push(new Part(root, Scope.OUTERMOST));
    while (!parts.isEmpty()) {
      Part part = parts.pop();
      Optional<String> refusal = judge(part, visitor);
      if (refusal.isPresent()) {
        return refusal;
      }

      List<Part> inner = inner(part);
      for (int i = inner.size() - 1; i >= 0; i--) {
        parts.push(inner.get(i)); // the first one comes first
      }
    }

    return Optional.empty();
  }

  private static Optional<String> judge(Part part, Visitor visitor) {
    if (part.value() instanceof LogicalPlan plan) {
      return visitor.plan(plan, part.scope());
    }

    return part.value() instanceof Expression expression
        ? visitor.expression(expression, part.scope())
        : Optional.empty();
  }

  private static List<Part> inner(Part part) {
    Scope scope = part.scope();
    if (part.value() instanceof UnresolvedWith with) {
      return inner(with, scope);
    }

    if (part.value() instanceof WithWindowDefinition windows) {
      return List.of(
          new Part(windows.windowDefinitions(), scope.windowClause()),
          new Part(windows.child(), scope));
    }

    List<Part> inner = new ArrayList<>();
    elements(part.value()).forEach(value -> inner.add(new Part(value, scope)));
    return inner;
  }

  /** A common table expression sees those before it, and never itself. */
  private static List<Part> inner(UnresolvedWith with, Scope scope) {
    List<Part> inner = new ArrayList<>();
    Scope visible = scope;
    Seq<Tuple2<String, SubqueryAlias>> relations = with.cteRelations();
    for (int i = 0; i < relations.size(); i++) {
      inner.add(new Part(relations.apply(i)._2(), visible));
      visible = visible.with(relations.apply(i)._1());
    }

    inner.add(new Part(with.child(), visible));
    return inner;
  }

  private static List<Object> elements(Object value) {
    if (value instanceof DataType) {
      return List.of();
    }

    if (value instanceof scala.collection.Iterable<?> many) {
      return copy(many.iterator());
    }

    if (value instanceof Object[] many) {
      return Arrays.stream(many).filter(element -> element != null).toList();
    }

    return value instanceof Product product ? copy(product.productIterator()) : List.of();
  }

  private static List<Object> copy(Iterator<?> values) {
    List<Object> copied = new ArrayList<>();
    while (values.hasNext()) {
      Object value = values.next();
      if (value != null) {
        copied.add(value);
      }
    }

    return copied;
  }
}
