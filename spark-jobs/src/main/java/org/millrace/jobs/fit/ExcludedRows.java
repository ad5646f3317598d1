package org.millrace.jobs.fit;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.features.sql.DefinitionGuard;

/** The rows of a training slice that are not trained on. Driver only; stateless. */
public final class ExcludedRows {
  private ExcludedRows() {}

  /**
   * True for a row that the definition excludes, never null: a row for which the condition is
   * unknown is kept.
   *
   * @throws org.millrace.contracts.MillraceException of category DEFINITION if the condition is no
   *     condition on the columns of one row
   */
  public static Column of(SparkSession spark, TrainingDefinition definition) {
    return definition
        .exclude()
        .map(
            sql -> {
              DefinitionGuard.requireCondition(
                  spark, "exclude of model " + definition.model(), sql.text());
              return coalesce(expr(sql.text()), lit(false));
            })
        .orElse(lit(false));
  }
}
