package org.millrace.jobs.check;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.datediff;
import static org.apache.spark.sql.functions.from_utc_timestamp;
import static org.apache.spark.sql.functions.lit;

import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.definition.DefinitionLines;
import org.millrace.contracts.definition.LabelColumns;
import org.millrace.contracts.definition.LabelDefinition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.features.spark.ColumnNames;
import org.millrace.jobs.spine.SpineFeatures;

/**
 * What is worth a look in labels: those that are known before the row asks are no label, and those
 * that come after their horizon, or after the gate's days began, do not count. Driver only; a Spark
 * job.
 */
final class LabelNotes {
  private final ZoneId dayZone;
  private final DefinitionLines lines;
  private final Pipeline pipeline;
  private final List<Finding> notes = new ArrayList<>();

  LabelNotes(ZoneId dayZone, DefinitionLines lines, Pipeline pipeline) {
    this.dayZone = dayZone;
    this.lines = lines;
    this.pipeline = pipeline;
  }

  /** Looks at a spine that has its label. */
  List<Finding> look(Dataset<Row> rows, DayRange days) {
    LabelColumns label = pipeline.labelColumns();
    SpineDefinition spine = pipeline.spine();
    Column known = ColumnNames.column(label.knownAt());
    LocalDate trained = pipeline.training().days().to();
    LocalDate judged = pipeline.gate().days().from();
    int between = (int) ChronoUnit.DAYS.between(trained, judged);
    Column later = datediff(dayOf(known), ColumnNames.column(spine.day()));
    Row found =
        rows.where(ColumnNames.column(label.label()).isNotNull())
            .agg(
                count(lit(1)),
                count_if(known.leq(col(SpineFeatures.AS_OF))),
                count_if(later.geq(between)))
            .head();
    early(lines.of("spines", spine.name(), "label-known-at"), found, days);
    if (found.getLong(2) > 0) {
      notes.add(
          new Finding(
              lines.of("gate", pipeline.name(), "days"),
              "%s of %,d labels of %s are known %d days after their rows or later: such labels of the last training day, %s, were not known on %s, when the gate's days begin; begin them later"
                  .formatted(
                      Shares.text(found.getLong(2), found.getLong(0)),
                      found.getLong(0),
                      days,
                      between,
                      trained,
                      judged)));
    }

    return notes;
  }

  /**
   * Looks at labels that come later.
   *
   * @param rows of the spine, of these days and of those before that they may be about
   * @param labels that became known on the days
   */
  List<Finding> look(Dataset<Row> rows, Dataset<Row> labels, DayRange days) {
    LabelDefinition label = pipeline.label().orElseThrow();
    SpineDefinition spine = pipeline.spine();
    String place = lines.of("labels", label.name(), "sql");
    if (labels.isEmpty() || rows.isEmpty()) {
      return notes;
    }

    Dataset<Row> asked = rows.alias("asked");
    Dataset<Row> came = labels.alias("came");
    Column same =
        label.keys().stream()
            .map(key -> of("asked", key).equalTo(of("came", key)))
            .reduce(Column::and)
            .orElseThrow();
    if (came.join(asked, same, "left_semi").isEmpty()) {
      notes.add(
          new Finding(
              place,
              "no label of %s has the %s of a row of spine %s"
                  .formatted(days, String.join(", ", label.keys()), spine.name())));
      return notes;
    }

    if (!label.keys().containsAll(spine.id())) {
      return notes; // events of the same keys, of which earlier and later ones are another row's
    }

    Column known = of("came", "known_at");
    Column judged = date_add(of("asked", spine.day()), label.horizonDays());
    Row found =
        asked
            .join(came, same)
            .agg(
                count(lit(1)),
                count_if(known.leq(of("asked", SpineFeatures.AS_OF))),
                count_if(dayOf(known).gt(judged)))
            .head();
    early(place, found, days);
    if (found.getLong(2) > 0) {
      notes.add(
          new Finding(
              lines.of("labels", label.name(), "horizon-days"),
              "%s of %,d labels of %s come later than %d days after their rows and do not count"
                  .formatted(
                      Shares.text(found.getLong(2), found.getLong(0)),
                      found.getLong(0),
                      days,
                      label.horizonDays())));
    }

    return notes;
  }

  private void early(String place, Row found, DayRange days) {
    if (found.getLong(1) > 0) {
      notes.add(
          new Finding(
              place,
              "%s of %,d labels of %s are known when the row asks, or before: they are no answer to it"
                  .formatted(
                      Shares.text(found.getLong(1), found.getLong(0)), found.getLong(0), days)));
    }
  }

  private static Column of(String side, String column) {
    return col(side + ".`" + column + "`");
  }

  private Column dayOf(Column time) {
    return from_utc_timestamp(time, dayZone.getId()).cast("date");
  }
}
