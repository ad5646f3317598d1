package org.millrace.jobs.score.onnx;

import java.util.List;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import scala.collection.Seq;

/**
 * What is to be scored and how, as the plan's nodes hold it. Immutable; driver only. Equal to
 * itself alone: each scoring has counts of its own, so that Spark must not merge two of them.
 */
public final class ScoringSpec {
  static final String NODE_NAME = "OnnxScoring";

  private final ScoringPlan plan;
  private final String name;
  private final String engine;
  private final Broadcast<OnnxModel> model;
  private final ScoringAccumulator tallies;

  /**
   * @param engine what the driver would score with, for EXPLAIN
   */
  ScoringSpec(
      ScoringPlan plan,
      String name,
      String engine,
      Broadcast<OnnxModel> model,
      ScoringAccumulator tallies) {
    this.plan = plan;
    this.name = name;
    this.engine = engine;
    this.model = model;
    this.tallies = tallies;
  }

  ScoringPlan plan() {
    return plan;
  }

  Broadcast<OnnxModel> model() {
    return model;
  }

  ScoringAccumulator tallies() {
    return tallies;
  }

  /** What EXPLAIN shows. */
  scala.collection.Iterator<Object> stringArgs(
      Seq<Attribute> kept, Seq<Attribute> features, Seq<Attribute> scores) {
    return ScalaSeqs.<Object>of(
            List.of(
                name,
                "engine " + engine,
                "device " + plan.options().device(),
                "batches of " + plan.batchRows() + " rows",
                kept,
                features,
                scores))
        .iterator();
  }
}
