package org.millrace.jobs.challenger;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.millrace.features.lake.ParquetRow;

/**
 * A row of {@code ops.rollouts}: what was decided on a rollout, or what a look at it has found.
 *
 * @param model registered model
 * @param number counts the rows of the model from 1
 * @param rollout counts the rollouts of the model from 1
 * @param action what happened
 * @param stage that holds afterwards, as the definition names it; empty once it has ended
 * @param policy of that stage; empty once it has ended
 * @param champion version that held the alias when the rollout began
 * @param challenger version that is rolled out
 * @param share of the rows whose readers see the challenger's score, from 0 to 1
 * @param entity columns of the spine whose rows go to one version together
 * @param fromDay first day of the spine that it holds for
 * @param who {@code gate}, {@code policy} or a person
 * @param why one sentence
 * @param evidence what was measured, JSON; empty if nothing was
 * @param runKey of the run that wrote the row
 * @param decidedAt when the row was written
 */
public record RolloutMove(
    String model,
    long number,
    long rollout,
    Action action,
    String stage,
    String policy,
    String champion,
    String challenger,
    double share,
    List<String> entity,
    LocalDate fromDay,
    String who,
    String why,
    String evidence,
    String runKey,
    Instant decidedAt) {
  static final StructType SCHEMA =
      new StructType()
          .add("model", DataTypes.StringType)
          .add("number", DataTypes.LongType)
          .add("rollout", DataTypes.LongType)
          .add("action", DataTypes.StringType)
          .add("stage", DataTypes.StringType)
          .add("policy", DataTypes.StringType)
          .add("champion", DataTypes.StringType)
          .add("challenger", DataTypes.StringType)
          .add("share", DataTypes.DoubleType)
          .add("entity", DataTypes.createArrayType(DataTypes.StringType, false))
          .add("from_day", DataTypes.DateType)
          .add("who", DataTypes.StringType)
          .add("why", DataTypes.StringType)
          .add("evidence", DataTypes.StringType)
          .add("run_key", DataTypes.StringType)
          .add("decided_at", DataTypes.TimestampType);

  /** What happened. */
  public enum Action {
    /** The first stage. */
    BEGIN,
    /** Another stage. */
    ADVANCE,
    /** The same stage with another share. */
    SHARE,
    /** Nothing was decided; what was measured is kept. */
    LOOK,
    /** The champion scores all rows again. */
    HALT,
    /** The challenger got the alias. */
    PROMOTE;

    /** True if a challenger scores afterwards. */
    boolean goesOn() {
      return this == BEGIN || this == ADVANCE || this == SHARE;
    }
  }

  /** Checks that all is present. */
  public RolloutMove {
    requireNonNull(model, "model is null");
    requireNonNull(action, "action is null");
    requireNonNull(stage, "stage is null");
    requireNonNull(policy, "policy is null");
    requireNonNull(champion, "champion is null");
    requireNonNull(challenger, "challenger is null");
    requireNonNull(fromDay, "fromDay is null");
    entity = List.copyOf(entity);
  }

  /**
   * True if the challenger is rolled out beside a version: one that got the alias meanwhile was not
   * compared with it.
   */
  public boolean isBeside(String version) {
    return champion.equals(version) && !challenger.equals(version);
  }

  /** Names the draw of the challenger's rows, such as {@code late_flight/1}. */
  public String draw() {
    return model + "/" + rollout;
  }

  Row toRow() {
    return RowFactory.create(
        model,
        number,
        rollout,
        action.name(),
        stage,
        policy,
        champion,
        challenger,
        share,
        entity.toArray(),
        fromDay,
        who,
        why,
        evidence,
        runKey,
        decidedAt);
  }

  static RolloutMove of(ParquetRow row) {
    return new RolloutMove(
        row.text("model"),
        row.number("number"),
        row.number("rollout"),
        Action.valueOf(row.text("action")),
        row.text("stage"),
        row.text("policy"),
        row.text("champion"),
        row.text("challenger"),
        row.decimal("share"),
        row.texts("entity"),
        row.day("from_day"),
        row.text("who"),
        row.text("why"),
        row.text("evidence"),
        row.text("run_key"),
        row.instant("decided_at"));
  }
}
