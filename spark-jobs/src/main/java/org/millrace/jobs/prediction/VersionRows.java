package org.millrace.jobs.prediction;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.tables.PredictionColumns;
import scala.collection.JavaConverters;

/**
 * The rows of a published day that one version has scored. Most days are of one version; while a
 * version is rolled out, readers see scores of two. Driver only.
 *
 * @param day with the version that scored them
 * @param others numbers of the other versions whose scores readers see; empty for none
 * @param isRest true for the champion of the day, whose rows are all that no other version scored
 */
public record VersionRows(PublishedDay day, List<String> others, boolean isRest) {
  /** Copies the list. */
  public VersionRows {
    requireNonNull(day, "day is null");
    others = List.copyOf(others);
  }

  /**
   * The parts of a day, that of its champion first.
   *
   * @throws org.millrace.contracts.MillraceException as {@link PublishedDay#of} says
   */
  public static List<VersionRows> of(JobContext context, LocalDate date) {
    PublishedDay day = PublishedDay.of(context, date);
    String champion = day.champion().version().version();
    List<String> others = new ArrayList<>();
    day.inForce(context)
        .select(PredictionColumns.MODEL_VERSION)
        .distinct()
        .orderBy(PredictionColumns.MODEL_VERSION)
        .collectAsList()
        .forEach(row -> others.add(row.getString(0)));
    others.remove(champion);
    List<VersionRows> parts = new ArrayList<>(List.of(new VersionRows(day, others, true)));
    for (String number : others) {
      parts.add(new VersionRows(day.by(context, number), List.of(), false));
    }

    return parts;
  }

  /** The rows that readers see; lazy. */
  public Dataset<Row> inForce(JobContext context) {
    Dataset<Row> all = day.inForce(context);
    Column version = col(PredictionColumns.MODEL_VERSION);
    return isRest
        ? all.where(version.isInCollection(others).equalTo(false))
        : all.where(version.equalTo(day.champion().version().version()));
  }

  /** The spine's rows that the version was asked; lazy. */
  public Dataset<Row> spine(JobContext context) {
    if (isRest && others.isEmpty()) {
      return day.spine();
    }

    List<String> id = day.features().definition().id();
    Dataset<Row> shown =
        isRest
            ? day.inForce(context)
                .where(col(PredictionColumns.MODEL_VERSION).isInCollection(others))
            : inForce(context);
    Column[] ids = id.stream().map(name -> col("`" + name + "`")).toArray(Column[]::new);
    return day.spine()
        .join(
            shown.select(ids),
            JavaConverters.asScalaBuffer(id).toSeq(),
            isRest ? "left_anti" : "left_semi");
  }
}
