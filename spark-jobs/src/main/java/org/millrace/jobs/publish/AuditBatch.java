package org.millrace.jobs.publish;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;

import java.time.LocalDate;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.features.ledger.Ledger;
import org.millrace.features.staging.StagedRows;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.tables.PredictionColumns;

/**
 * Audits a staged batch before it is published. One that is not what SCORE sealed is removed, so
 * that SCORE makes it again; one of sound rows with odd scores stays for a look. Driver only.
 */
final class AuditBatch {
  private final JobContext context;
  private final ScoringDefinition scoring;
  private final SpineDefinition spine;

  AuditBatch(JobContext context) {
    this.context = requireNonNull(context, "context is null");
    this.scoring = context.pipeline().scoring();
    this.spine = context.pipeline().spine();
  }

  /**
   * A batch that passed.
   *
   * @param batch where it is staged, and its manifest
   * @param rows its rows
   * @param means mean score by day
   */
  record Passed(StagedRows batch, Dataset<Row> rows, NavigableMap<LocalDate, Double> means) {}

  /**
   * Audits.
   *
   * @throws MillraceException of category DATA_CONTRACT if the batch is refused
   */
  Passed audit(StagedRows batch) {
    Dataset<Row> rows = rows(batch);
    DayRange days = batch.manifest().days();
    PredictionChecks.Findings found =
        new PredictionChecks(context.pipeline())
            .check(rows, batch.manifest().acceptedRows(), earlierMeans(days));
    if (!found.miscounted().isEmpty()) {
      throw removed(batch, String.join("; ", found.miscounted()), null);
    }

    if (!found.odd().isEmpty()) {
      throw kept(batch, String.join("; ", found.odd()));
    }

    return new Passed(batch, rows, found.means());
  }

  private Dataset<Row> rows(StagedRows batch) {
    try {
      return batch.rows();
    } catch (MillraceException e) {
      if (e.category() != ErrorCategory.DATA_CONTRACT) {
        throw e;
      }

      throw removed(batch, "the staged files changed since they were sealed", e);
    }
  }

  private MillraceException removed(StagedRows batch, String reason, @Nullable Exception cause) {
    batch.discard();
    return new MillraceException(
        ErrorCategory.DATA_CONTRACT,
        refusal(batch, reason)
            + ". Nothing was made visible, and the staged rows were removed; run `"
            + command("score", batch)
            + "`, then `"
            + command("publish", batch)
            + "`",
        cause);
  }

  private MillraceException kept(StagedRows batch, String reason) {
    return new MillraceException(
        ErrorCategory.DATA_CONTRACT,
        refusal(batch, reason)
            + ". Nothing was made visible; the staged rows are in "
            + batch.directory()
            + ". If such scores are right, set wider 'bounds' in the scoring definition; else mend"
            + " the model or its inputs, or remove that directory to have the same scored again;"
            + " then run `"
            + command("score", batch)
            + "` and `"
            + command("publish", batch)
            + "`");
  }

  private String refusal(StagedRows batch, String reason) {
    return "Cannot publish predictions of %s of %s: %s"
        .formatted(scoring.model(), batch.manifest().days(), reason);
  }

  private String command(String verb, StagedRows batch) {
    DayRange days = batch.manifest().days();
    return "millrace %s %s --from %s --to %s"
        .formatted(verb, scoring.model(), days.from(), days.to());
  }

  /** Of the days before that are in force as the ledger has them; the runner says which are not. */
  private Map<LocalDate, Double> earlierMeans(DayRange days) {
    int previous = scoring.bounds().previousDays();
    Map<LocalDate, Double> means = new TreeMap<>();
    if (previous == 0) {
      return means;
    }

    DayRange before = new DayRange(days.from().minusDays(previous), days.from().minusDays(1));
    Ledger ledger = context.ledger();
    Set<LocalDate> agreed = ledger.agreed(ledger.entries(scoring.predictions(), before)).keySet();
    if (agreed.isEmpty()) {
      return means;
    }

    Dataset<Row> rows =
        context
            .lake()
            .read(context.pin(scoring.predictions(), Verb.PUBLISH.word()))
            .where(col(spine.day()).isin(agreed.toArray()))
            .where(col(PredictionColumns.SUPERSEDED_AT).isNull());
    rows.groupBy(col(spine.day()))
        .agg(avg(col(PredictionColumns.SCORE)))
        .collectAsList()
        .forEach(row -> means.put(row.getLocalDate(0), row.getDouble(1)));
    return means;
  }
}
