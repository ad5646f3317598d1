package org.millrace.features.sql;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunctionName;
import org.apache.spark.sql.catalyst.analysis.UnresolvedNamespace;
import org.apache.spark.sql.catalyst.analysis.UnresolvedRelation;
import org.apache.spark.sql.catalyst.analysis.UnresolvedTable;
import org.apache.spark.sql.catalyst.analysis.UnresolvedTableOrView;
import org.apache.spark.sql.catalyst.analysis.UnresolvedView;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.DescribeColumn;
import org.apache.spark.sql.catalyst.plans.logical.DescribeFunction;
import org.apache.spark.sql.catalyst.plans.logical.DescribeNamespace;
import org.apache.spark.sql.catalyst.plans.logical.DescribeRelation;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.RefreshTable;
import org.apache.spark.sql.catalyst.plans.logical.SetCatalogAndNamespace;
import org.apache.spark.sql.catalyst.plans.logical.ShowColumns;
import org.apache.spark.sql.catalyst.plans.logical.ShowCreateTable;
import org.apache.spark.sql.catalyst.plans.logical.ShowFunctions;
import org.apache.spark.sql.catalyst.plans.logical.ShowNamespaces;
import org.apache.spark.sql.catalyst.plans.logical.ShowPartitions;
import org.apache.spark.sql.catalyst.plans.logical.ShowTableExtended;
import org.apache.spark.sql.catalyst.plans.logical.ShowTableProperties;
import org.apache.spark.sql.catalyst.plans.logical.ShowTables;
import org.apache.spark.sql.catalyst.plans.logical.ShowViews;
import org.apache.spark.sql.delta.commands.DescribeDeltaDetailCommand;
import org.apache.spark.sql.delta.commands.DescribeDeltaHistory;
import org.apache.spark.sql.execution.command.DescribeQueryCommand;
import org.apache.spark.sql.execution.command.ExplainCommand;
import org.apache.spark.sql.execution.command.SetCommand;
import org.apache.spark.sql.execution.command.SetNamespaceCommand;
import org.apache.spark.sql.execution.command.ShowCatalogsCommand;
import org.apache.spark.sql.execution.command.ShowCurrentNamespaceCommand;
import scala.collection.Seq;

/**
 * What a server that only reads lets its clients say: queries of tables and views by their names,
 * SHOW, DESCRIBE, EXPLAIN of these, USE, REFRESH TABLE, and SET of a few settings of a session.
 * Stateless; driver only.
 */
public final class StatementGuard {
  /** Settings that a client may change in its own session: none makes a query do more than read. */
  public static final Set<String> SETTINGS =
      Set.of(
          "spark.sql.session.timeZone",
          "spark.sql.shuffle.partitions",
          "spark.sql.adaptive.enabled",
          "spark.sql.ansi.enabled",
          "spark.sql.thriftServer.incrementalCollect");

  private static final Set<Class<? extends LogicalPlan>> READING =
      Set.of(
          DescribeColumn.class,
          DescribeDeltaDetailCommand.class,
          DescribeDeltaHistory.class,
          DescribeFunction.class,
          DescribeNamespace.class,
          DescribeRelation.class,
          RefreshTable.class,
          SetCatalogAndNamespace.class,
          SetNamespaceCommand.class,
          ShowCatalogsCommand.class,
          ShowColumns.class,
          ShowCreateTable.class,
          ShowCurrentNamespaceCommand.class,
          ShowFunctions.class,
          ShowNamespaces.class,
          ShowPartitions.class,
          ShowTableExtended.class,
          ShowTableProperties.class,
          ShowTables.class,
          ShowViews.class);

  private static final Set<Class<? extends LogicalPlan>> NAMES =
      Set.of(UnresolvedFunctionName.class);

  private StatementGuard() {}

  /**
   * What is refused about a parsed statement, in words that follow "it has"; empty if a server that
   * only reads may run it.
   */
  public static Optional<String> refusal(LogicalPlan statement) {
    if (statement instanceof ExplainCommand explain) {
      return refusal(explain.logicalPlan());
    }

    if (statement instanceof DescribeQueryCommand describe) {
      return refusal(describe.plan());
    }

    return statement instanceof SetCommand set
        ? refusal(set)
        : ParsedParts.refusal(statement, new Reading(statement));
  }

  /** {@code SET -v} lists what Spark documents; ODBC drivers send it. */
  private static Optional<String> refusal(SetCommand set) {
    String name = set.kv().isEmpty() ? "" : set.kv().get()._1();
    boolean isAllowed = name.equals("-v") || SETTINGS.stream().anyMatch(name::equalsIgnoreCase);
    return isAllowed
        ? Optional.empty()
        : Optional.of(name.isEmpty() ? "SET of all settings" : "SET of " + name);
  }

  /** Judges the parts of one statement. */
  private record Reading(LogicalPlan statement) implements ParsedParts.Visitor {
    @Override
    public Optional<String> plan(LogicalPlan plan, ParsedParts.Scope scope) {
      if ((plan == statement && READING.contains(plan.getClass()))
          || NAMES.contains(plan.getClass())) {
        return Optional.empty();
      }

      if (plan instanceof UnresolvedRelation relation) {
        return named(relation.multipartIdentifier());
      }

      if (plan instanceof UnresolvedTable table) {
        return named(table.multipartIdentifier());
      }

      if (plan instanceof UnresolvedTableOrView table) {
        return named(table.multipartIdentifier());
      }

      if (plan instanceof UnresolvedView view) {
        return named(view.multipartIdentifier());
      }

      return plan instanceof UnresolvedNamespace namespace
          ? named(namespace.multipartIdentifier())
          : QueryParts.refusal(plan);
    }

    @Override
    public Optional<String> expression(Expression expression, ParsedParts.Scope scope) {
      return Functions.refusal(expression);
    }

    /** A metastore's names are words; anything else is a path. */
    private static Optional<String> named(Seq<String> name) {
      for (int i = 0; i < name.size(); i++) {
        if (!name.apply(i).toLowerCase(Locale.ROOT).matches("\\w+")) {
          return Optional.of("the path " + name.mkString("."));
        }
      }

      return Optional.empty();
    }
  }
}
