package org.millrace.jobs.publish;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import java.time.LocalDate;
import java.util.List;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Partition;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.features.lake.DataFiles;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.TableLog;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.tables.PredictionColumns;

/**
 * What is kept of the predictions that some days had before: those that were in force are marked as
 * superseded, unless the new ones are the same. Driver only.
 */
final class FormerPredictions {
  private final JobContext context;
  private final SpineDefinition spine;

  FormerPredictions(JobContext context) {
    this.context = context;
    this.spine = context.pipeline().spine();
  }

  /**
   * The rows to keep beside the new ones. Rows whose data file is lost cannot be kept: they are
   * left out, and said.
   *
   * @param table the version that the publication follows
   * @param fresh the new predictions, with their fingerprints
   */
  Dataset<Row> of(TableVersion table, DayRange days, Dataset<Row> fresh) {
    Dataset<Row> old =
        PredictionColumns.complete(context.lake().read(table).where(inDays(readable(table, days))));
    Dataset<Row> ours = fresh.select(PredictionColumns.FINGERPRINT).distinct();
    return old.join(
            ours,
            old.col(PredictionColumns.FINGERPRINT)
                .equalTo(ours.col(PredictionColumns.FINGERPRINT))
                // what was superseded before stays, also where its predictions come back
                .and(old.col(PredictionColumns.SUPERSEDED_AT).isNull()),
            "left_anti")
        .withColumn(
            PredictionColumns.SUPERSEDED_AT,
            coalesce(col(PredictionColumns.SUPERSEDED_AT), lit(context.clock().instant())));
  }

  private List<DayRange> readable(TableVersion table, DayRange days) {
    DataFiles files = TableLog.of(context.spark(), table.path()).dataFiles(table.version());
    TreeSet<LocalDate> readable = new TreeSet<>(days.days());
    for (LocalDate day : days.days()) {
      List<DataFiles.Lost> lost = files.lost(Partition.of(day));
      if (!lost.isEmpty()) {
        readable.remove(day);
        context
            .progress()
            .say(
                Verb.PUBLISH.word(),
                "predictions of " + day + " before this run are lost with " + lost.get(0));
      }
    }

    return DayRange.covering(readable);
  }

  private Column inDays(List<DayRange> ranges) {
    return ranges.stream()
        .map(range -> expr(Lake.inDays(spine.day(), range)))
        .reduce(lit(false), Column::or);
  }
}
