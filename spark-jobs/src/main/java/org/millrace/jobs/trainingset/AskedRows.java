package org.millrace.jobs.trainingset;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.spine.Pins;
import org.millrace.jobs.spine.SpineCheck;
import org.millrace.jobs.spine.SpineFeatures;
import org.millrace.jobs.spine.SpineLabels;
import org.millrace.jobs.tables.TrainingSetTable;

/**
 * The rows of both slices with their labels, before they get features. Driver only; close it to let
 * go of what is held.
 *
 * @param rows lazy; held if labels were joined
 * @param days from the first one of training to the last one of the gate
 * @param pins of all that is read
 * @param byDay rows that have a label, of days that have such rows
 * @param counts rows of the spine, those without a label as refused
 * @param held what is to be let go
 */
record AskedRows(
    Dataset<Row> rows,
    DayRange days,
    Pins pins,
    NavigableMap<LocalDate, Long> byDay,
    RowCounts counts,
    Optional<Dataset<Row>> held)
    implements AutoCloseable {

  /**
   * Asks.
   *
   * @throws MillraceException of category INPUT_MISSING if a day of a slice has no rows;
   *     DATA_CONTRACT if the spine or the labels are unsound, or a slice has no labels at all
   */
  static AskedRows of(JobContext context, SpineFeatures features) {
    Pipeline pipeline = context.pipeline();
    DayRange trained = pipeline.trainedDays();
    DayRange all = new DayRange(trained.from(), pipeline.gate().days().to());
    String day = features.definition().day();
    Optional<SpineLabels> labels =
        pipeline.label().map(label -> new SpineLabels(context, label, features.definition()));
    Pins facts = features.pin(all);
    Pins pins = labels.map(label -> label.pin(facts, all)).orElse(facts);
    Dataset<Row> asked = slices(features.spine(all, pins), pipeline, day);
    NavigableMap<LocalDate, Long> rows =
        SpineCheck.requireSound(context.lake(), features.definition(), asked, days(pipeline));
    if (labels.isEmpty()) {
      return new AskedRows(asked, all, pins, rows, RowCounts.accepted(sum(rows)), Optional.empty());
    }

    Dataset<Row> labelled =
        labels.get().join(asked, all, pins).persist(StorageLevel.MEMORY_AND_DISK());
    NavigableMap<LocalDate, Long> known;
    try {
      known = labels.get().countKnown(labelled, rows);
      requireBothSlices(pipeline, known);
    } catch (RuntimeException e) {
      labelled.unpersist();
      throw e;
    }

    say(context, trained, sum(rows), sum(known));
    return new AskedRows(
        labels.get().known(labelled),
        all,
        pins,
        known,
        new RowCounts(sum(rows), sum(known), 0, sum(rows) - sum(known), 0),
        Optional.of(labelled));
  }

  private static Dataset<Row> slices(Dataset<Row> spine, Pipeline pipeline, String day) {
    Column inTraining = col(day).leq(lit(pipeline.trainedDays().to()));
    return spine
        .where(inTraining.or(col(day).geq(lit(pipeline.gate().days().from()))))
        .withColumn(
            TrainingSetTable.SLICE,
            when(inTraining, TrainingSetTable.TRAINING).otherwise(TrainingSetTable.GATE));
  }

  /** The days of both slices that must have rows; there may be a gap between the two. */
  private static List<LocalDate> days(Pipeline pipeline) {
    return Stream.concat(
            pipeline.trainedDays().days().stream(), pipeline.gate().days().days().stream())
        .filter(day -> !pipeline.mayAskNothing(day))
        .toList();
  }

  private static void requireBothSlices(Pipeline pipeline, NavigableMap<LocalDate, Long> known) {
    for (DayRange slice : List.of(pipeline.trainedDays(), pipeline.gate().days())) {
      if (known.subMap(slice.from(), true, slice.to(), true).isEmpty()) {
        throw new MillraceException(
            ErrorCategory.DATA_CONTRACT,
            "Cannot build the training set of %s: no row of %s has a label '%s' that was known %d days after its day at the latest; compare keys and known_at of the label with those of spine %s"
                .formatted(
                    pipeline.name(),
                    slice,
                    pipeline.labelColumns().label(),
                    pipeline.label().orElseThrow().horizonDays(),
                    pipeline.spine().name()));
      }
    }
  }

  private static void say(JobContext context, DayRange trained, long rows, long known) {
    DayRange wanted = context.pipeline().training().days();
    if (!trained.equals(wanted)) {
      context
          .progress()
          .say(
              Verb.TRAINING_SET.word(),
              "trains on %s: the labels of the later days of %s were not known for good when the gate's days began"
                  .formatted(trained, wanted));
    }

    if (known < rows) {
      context
          .progress()
          .say(
              Verb.TRAINING_SET.word(),
              "note: %,d of %,d rows have no label and are left out".formatted(rows - known, rows));
    }
  }

  /** How many rows there are. */
  long count() {
    return counts.accepted();
  }

  private static long sum(Map<LocalDate, Long> rows) {
    return rows.values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public void close() {
    held.ifPresent(Dataset::unpersist);
  }
}
