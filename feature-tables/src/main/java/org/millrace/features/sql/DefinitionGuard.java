package org.millrace.features.sql;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.RelationTimeTravel;
import org.apache.spark.sql.catalyst.analysis.UnresolvedRelation;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.SubqueryExpression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Sample;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * Holds the SQL of definitions to what a definition is: one query over its declared inputs, which
 * gives the same rows whenever it runs. The SQL is parsed and never executed here.
 *
 * <p>Stateless; driver only.
 */
public final class DefinitionGuard {
  // what Spark replaces before it parses: settings, variables of the environment, Java properties
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(?:\\w+?:)?\\S+?\\}");

  // such a literal is a moment as soon as it is parsed: the plan does not show it
  private static final Pattern CHANGING_LITERAL =
      Pattern.compile(
          "\\b(?:DATE|TIMESTAMP(?:_NTZ|_LTZ)?)(?:\\s|/\\*.*?\\*/|--[^\\n]*\\n)*"
              + "(['\"])\\s*(?:now|today|tomorrow|yesterday)\\b[^'\"]*\\1",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private DefinitionGuard() {}

  /**
   * Accepts one query over the inputs and its own common table expressions, without path tables,
   * tables of the metastore, reflection, scripts, samples, and functions that change from run to
   * run.
   *
   * @param what names the definition in an error, such as {@code view origin_weather}
   * @param inputs short names of the rows that the query may read
   * @throws MillraceException of category DEFINITION, with what was found and what is allowed
   */
  public static void requireQuery(SparkSession spark, String what, String sql, Set<String> inputs) {
    Set<String> names = new TreeSet<>();
    inputs.forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
    String allowed = "one query (SELECT, WITH, VALUES) over its declared inputs " + names;
    refuse(what, allowed, textRefusal(sql));
    try {
      LogicalPlan plan = spark.sessionState().sqlParser().parsePlan(sql);
      refuse(what, allowed, ParsedParts.refusal(plan, new Query(names)));
    } catch (Exception e) { // Spark's checked ParseException is not declared in Java
      throw unreadable(what, e);
    }
  }

  /**
   * Accepts a condition on the columns of one row: no subqueries, no reflection, no function that
   * changes from run to run.
   *
   * @param what names the condition in an error, such as {@code exclude of model late_flight}
   * @throws MillraceException of category DEFINITION, with what was found and what is allowed
   */
  public static void requireCondition(SparkSession spark, String what, String sql) {
    String allowed = "a condition on the columns of one row";
    refuse(what, allowed, textRefusal(sql));
    try {
      Expression condition = spark.sessionState().sqlParser().parseExpression(sql);
      refuse(what, allowed, ParsedParts.refusal(condition, new Condition()));
    } catch (Exception e) { // Spark's checked ParseException is not declared in Java
      throw unreadable(what, e);
    }
  }

  private static Optional<String> textRefusal(String sql) {
    Matcher variable = VARIABLE.matcher(sql);
    if (variable.find()) {
      return Optional.of("the variable " + variable.group());
    }

    Matcher literal = CHANGING_LITERAL.matcher(sql);
    return literal.find()
        ? Optional.of(literal.group() + ", which is another moment when a day is computed again")
        : Optional.empty();
  }

  private static void refuse(String what, String allowed, Optional<String> found) {
    if (found.isPresent()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot run the SQL of "
              + what
              + ": it has "
              + found.get()
              + ", but may only be "
              + allowed
              + "; change the definition");
    }
  }

  /** Scala throws ParseException, a checked one, without declaring it everywhere. */
  private static RuntimeException unreadable(String what, Exception e) {
    if (e instanceof AnalysisException analysis) {
      return new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot run the SQL of " + what + ": " + analysis.getSimpleMessage(),
          e);
    }

    return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
  }

  /** The query of a definition; its inputs by lower-case name. */
  private record Query(Set<String> inputs) implements ParsedParts.Visitor {
    @Override
    public Optional<String> plan(LogicalPlan plan, ParsedParts.Scope scope) {
      if (plan instanceof UnresolvedRelation relation) {
        return isKnown(relation, scope)
            ? Optional.empty()
            : Optional.of("the table " + relation.name() + ", which is no input of it");
      }

      if (plan instanceof RelationTimeTravel) {
        return Optional.of("a version of a table (VERSION AS OF, TIMESTAMP AS OF)");
      }

      return plan instanceof Sample
          ? Optional.of("TABLESAMPLE, which gives other rows when a day is computed again")
          : QueryParts.refusal(plan);
    }

    @Override
    public Optional<String> expression(Expression expression, ParsedParts.Scope scope) {
      if (scope.inWindowClause() && expression instanceof SubqueryExpression) {
        return Optional.of("a subquery in a WINDOW clause");
      }

      return Functions.refusal(expression).or(() -> Functions.changeRefusal(expression));
    }

    private boolean isKnown(UnresolvedRelation relation, ParsedParts.Scope scope) {
      if (relation.isStreaming()) {
        return false;
      }

      return scope.isCommonTable(relation)
          || (relation.multipartIdentifier().size() == 1
              && inputs.contains(relation.multipartIdentifier().apply(0).toLowerCase(Locale.ROOT)));
    }
  }

  /** A condition on one row. */
  private record Condition() implements ParsedParts.Visitor {
    @Override
    public Optional<String> plan(LogicalPlan plan, ParsedParts.Scope scope) {
      return Optional.of("a subquery");
    }

    @Override
    public Optional<String> expression(Expression expression, ParsedParts.Scope scope) {
      return expression instanceof SubqueryExpression
          ? Optional.of("a subquery")
          : Functions.refusal(expression).or(() -> Functions.changeRefusal(expression));
    }
  }
}
