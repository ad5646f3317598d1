package org.millrace.jobs.model;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.GateDecision;
import org.millrace.contracts.GateDecision.Verdict;
import org.millrace.features.lake.ParquetRow;

/**
 * A row of {@code ops.verdicts}: what the gate said, of whom, beside whom.
 *
 * @param model registered model
 * @param number counts the model's verdicts from 1
 * @param candidate version that was judged
 * @param champion version that held the alias then; the candidate itself for SAME; empty for none
 * @param decision word and reasons
 * @param metrics of the candidate on the gate's slice, by name; the champion's on the same rows
 *     begin with {@code champion_}
 * @param rules hash of the gate's definition
 * @param days the slice, as a day range prints itself
 * @param rows of the slice
 * @param fingerprint of rules, candidate and training set
 * @param runKey of the run that judged
 * @param startedAt when the judging run started
 * @param judgedAt when the verdict was given
 */
public record VerdictRecord(
    String model,
    long number,
    String candidate,
    Optional<String> champion,
    GateDecision decision,
    Map<String, Double> metrics,
    String rules,
    String days,
    long rows,
    String fingerprint,
    String runKey,
    Instant startedAt,
    Instant judgedAt) {
  static final StructType SCHEMA =
      new StructType()
          .add("model", DataTypes.StringType)
          .add("number", DataTypes.LongType)
          .add("candidate", DataTypes.StringType)
          .add("champion", DataTypes.StringType)
          .add("verdict", DataTypes.StringType)
          .add("reasons", DataTypes.createArrayType(DataTypes.StringType))
          .add("metrics", DataTypes.createMapType(DataTypes.StringType, DataTypes.DoubleType))
          .add("rules_hash", DataTypes.StringType)
          .add("days", DataTypes.StringType)
          .add("rows", DataTypes.LongType)
          .add("fingerprint", DataTypes.StringType)
          .add("run_key", DataTypes.StringType)
          .add("started_at", DataTypes.TimestampType)
          .add("judged_at", DataTypes.TimestampType);

  /** Copies the metrics. */
  public VerdictRecord {
    requireNonNull(candidate, "candidate is null");
    requireNonNull(champion, "champion is null");
    requireNonNull(decision, "decision is null");
    metrics = Map.copyOf(metrics);
  }

  /** True where the version that was judged held the alias. */
  public boolean isOfTheChampion() {
    return champion.equals(Optional.of(candidate));
  }

  /**
   * What speaks against using the version that was judged.
   *
   * @return a sentence where the verdict is FAIL; empty otherwise
   */
  public Optional<String> warning() {
    return decision.verdict() == Verdict.FAIL
        ? Optional.of(
            "the newest verdict on %s/%s is FAIL, given at %s: %s"
                .formatted(model, candidate, judgedAt, String.join("; ", decision.reasons())))
        : Optional.empty();
  }

  /** Who approved it; empty if the rules alone decided. */
  public Optional<String> approver() {
    String first = decision.reasons().get(0);
    return first.startsWith(Approval.APPROVED) && first.contains(": ")
        ? Optional.of(first.substring(Approval.APPROVED.length(), first.indexOf(": ")))
        : Optional.empty();
  }

  /** Kinds of rules that the gate did not have, as its reason names them; empty if none is said. */
  public String off() {
    return decision.reasons().stream()
        .filter(reason -> reason.startsWith(GateDecision.OFF))
        .map(reason -> reason.substring(GateDecision.OFF.length()))
        .findFirst()
        .orElse("");
  }

  Row toRow() {
    return RowFactory.create(
        model,
        number,
        candidate,
        champion.orElse(null),
        decision.verdict().name(),
        decision.reasons().toArray(),
        metrics,
        rules,
        days,
        rows,
        fingerprint,
        runKey,
        startedAt,
        judgedAt);
  }

  static VerdictRecord of(ParquetRow row) {
    return new VerdictRecord(
        row.text("model"),
        row.number("number"),
        row.text("candidate"),
        row.isNull("champion") ? Optional.empty() : Optional.of(row.text("champion")),
        new GateDecision(Verdict.valueOf(row.text("verdict")), row.texts("reasons")),
        row.decimals("metrics"),
        row.text("rules_hash"),
        row.text("days"),
        row.number("rows"),
        row.text("fingerprint"),
        row.text("run_key"),
        row.instant("started_at"),
        row.instant("judged_at"));
  }
}
