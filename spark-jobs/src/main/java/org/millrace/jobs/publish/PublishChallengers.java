package org.millrace.jobs.publish;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.isnan;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.features.lake.TableWriter;
import org.millrace.features.lease.Lease;
import org.millrace.features.staging.StagedManifest;
import org.millrace.jobs.prediction.ScoredFacts;
import org.millrace.jobs.prediction.ScoredFacts.ScoredBeside;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.tables.ChallengerColumns;
import org.millrace.jobs.tables.PredictionColumns;

/**
 * Keeps what a challenger has scored, in a table of its own that no reader of predictions sees: one
 * row for each row of the spine, with the scores of champion and challenger. Days are replaced.
 * Driver only.
 */
final class PublishChallengers {
  private final JobContext context;
  private final RunKey runKey;
  private final String table;
  private final SpineDefinition spine;

  PublishChallengers(JobContext context, RunKey runKey, String table) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.table = requireNonNull(table, "table is null");
    this.spine = context.pipeline().spine();
  }

  /**
   * Keeps a batch. Scores that are no numbers are said, and kept out: they must not keep the
   * champion's predictions back.
   *
   * @return the version that has them; empty if they are kept out
   */
  Optional<TableVersion> keep(Dataset<Row> rows, StagedManifest manifest, Lease lease) {
    ScoredBeside beside = manifest.facts(ScoredFacts.class).challenger().orElseThrow();
    Column score = col(ChallengerColumns.CHALLENGER_SCORE);
    long broken =
        rows.agg(
                count_if(
                    score.isNull().or(isnan(score)).or(functions.abs(score).equalTo(infinity()))))
            .first()
            .getLong(0);
    if (broken > 0) {
      context
          .progress()
          .say(
              runKey.room(),
              "%s of %s: %,d scores of the challenger %s are no finite numbers; none of that batch is kept"
                  .formatted(table, manifest.days(), broken, beside.model()));
      return Optional.empty();
    }

    return Optional.of(write(rows, manifest, beside, lease));
  }

  private static Column infinity() {
    return lit(Double.POSITIVE_INFINITY);
  }

  private TableVersion write(
      Dataset<Row> rows, StagedManifest manifest, ScoredBeside beside, Lease lease) {
    DayRange days = manifest.days();
    CommitNote note =
        context
            .note(runKey, manifest.fingerprint(), manifest.inputs())
            .with(partitions(manifest, beside));
    TableVersion version =
        new TableWriter(
                context.lake(),
                table,
                "Scores of champion and challenger for the same rows",
                ChallengerColumns.comments(spine),
                Optional.of(spine.day()))
            .fencedBy(lease.fence(table, days.days()))
            .replaceDaysAddingColumns(selected(rows, manifest, beside), days, note);
    context
        .ledger()
        .append(context.ledger().entriesOf(version, note, context.clock().instant()), note);
    context
        .progress()
        .say(
            runKey.room(),
            "%s: %,d rows of the challenger %s in %s"
                .formatted(days, manifest.totalRows().accepted(), beside.model(), version));
    return version;
  }

  private Dataset<Row> selected(Dataset<Row> rows, StagedManifest manifest, ScoredBeside beside) {
    List<Column> columns = new ArrayList<>();
    spine.id().forEach(id -> columns.add(quoted(id)));
    columns.add(quoted(spine.day()));
    columns.add(col("as_of"));
    spine.columns().stream()
        .filter(column -> !spine.id().contains(column))
        .forEach(column -> columns.add(quoted(column)));
    columns.add(
        lit(manifest.facts(ScoredFacts.class).model().version())
            .as(ChallengerColumns.CHAMPION_VERSION));
    columns.add(col(ChallengerColumns.CHAMPION_SCORE));
    columns.add(lit(beside.model().version()).as(ChallengerColumns.CHALLENGER_VERSION));
    columns.add(col(ChallengerColumns.CHALLENGER_SCORE));
    columns.add(col(PredictionColumns.VARIANT));
    columns.add(lit(beside.rollout()).as(ChallengerColumns.ROLLOUT));
    columns.add(lit(beside.stage()).as(ChallengerColumns.STAGE));
    columns.add(col(PredictionColumns.RUN_KEY));
    columns.add(byDay(beside).as(PredictionColumns.FINGERPRINT));
    columns.add(col(PredictionColumns.SCORED_AT));
    return rows.select(columns.toArray(Column[]::new));
  }

  private Column byDay(ScoredBeside beside) {
    List<Column> pairs = new ArrayList<>();
    beside
        .fingerprints()
        .forEach(
            (day, fingerprint) -> {
              pairs.add(lit(day));
              pairs.add(lit(fingerprint));
            });
    return element_at(functions.map(pairs.toArray(Column[]::new)), quoted(spine.day()));
  }

  private static NavigableMap<Partition, PartitionNote> partitions(
      StagedManifest manifest, ScoredBeside beside) {
    NavigableMap<Partition, PartitionNote> partitions = new TreeMap<>();
    beside
        .fingerprints()
        .forEach(
            (day, fingerprint) ->
                partitions.put(
                    Partition.of(day),
                    new PartitionNote(
                            fingerprint,
                            manifest.rows().getOrDefault(day, RowCounts.NONE),
                            PartitionNote.UNJUDGED)
                        .scoredBy(Optional.of(beside.model().toString()))));
    return partitions;
  }

  private static Column quoted(String name) {
    return col("`" + name + "`");
  }
}
