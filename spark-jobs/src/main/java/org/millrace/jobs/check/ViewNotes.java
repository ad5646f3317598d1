package org.millrace.jobs.check;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.unix_micros;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.definition.DefinitionLines;
import org.millrace.contracts.definition.EmptyDays;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.features.spark.ColumnNames;
import org.millrace.features.validation.RuleOutcome;
import org.millrace.features.validation.ValidateRows;
import org.millrace.features.validation.ValidationRules;
import org.millrace.jobs.tables.FeatureTableColumns;

/**
 * What is worth a look in the rows of a view. Driver only; a Spark job, and a few a day for its
 * rules.
 */
final class ViewNotes {
  private static final String ROOM = "features";

  /** So many rows that come too late for a window are no exception. */
  private static final double MANY_LATE = 0.1;

  private final DefinitionLines lines;
  private final FeatureViewDefinition view;
  private final DayRange days;
  private final int lastDays;
  private final List<Finding> notes = new ArrayList<>();

  /**
   * Prepares to look.
   *
   * @param days of the rows
   * @param lastDays how many of them are held against the rules, the newest that have rows
   */
  ViewNotes(DefinitionLines lines, FeatureViewDefinition view, DayRange days, int lastDays) {
    this.lastDays = lastDays;
    this.lines = lines;
    this.view = view;
    this.days = days;
  }

  /**
   * Looks at rows.
   *
   * @param rows of the days, as the view's table has them
   */
  List<Finding> look(Dataset<Row> rows) {
    Dataset<Row> held = rows.persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Map<String, Duration> reaches = reaches();
      List<Column> counts = new ArrayList<>();
      reaches.values().forEach(reach -> counts.add(count_if(isLate(reach))));
      view.features().keySet().forEach(name -> counts.add(count(ColumnNames.column(name))));
      Row found = held.agg(count(lit(1)), counts.toArray(Column[]::new)).head();
      if (found.getLong(0) == 0) {
        if (view.emptyDays() == EmptyDays.FAIL) {
          note("sql", "has no row of " + days);
        }

        return notes;
      }

      say(found, reaches);
      rules(held);
      return notes;
    } finally {
      held.unpersist();
    }
  }

  /** How long after its event a row must be known to count: by what says so. */
  private Map<String, Duration> reaches() {
    Map<String, Duration> reaches = new LinkedHashMap<>();
    view.aggregates()
        .forEach((name, aggregate) -> reaches.put(name, aggregate.of().windows().get(0)));
    if (!view.isWindowed()) {
      view.ttl().ifPresent(ttl -> reaches.put("ttl", ttl));
    }

    return reaches;
  }

  private static Column isLate(Duration reach) {
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.EPOCH.plus(reach));
    return unix_micros(col(FeatureTableColumns.KNOWN_AT))
        .minus(unix_micros(col(FeatureTableColumns.EVENT_TIMESTAMP)))
        .geq(lit(micros));
  }

  private void say(Row found, Map<String, Duration> reaches) {
    long all = found.getLong(0);
    int at = 1;
    for (Map.Entry<String, Duration> reach : reaches.entrySet()) {
      long late = found.getLong(at++);
      if (late > MANY_LATE * all) {
        String place =
            view.isWindowed()
                ? lines.ofEntry(ROOM, view.name(), "aggregates", reach.getKey())
                : lines.of(ROOM, view.name(), "ttl");
        notes.add(
            new Finding(
                place,
                "%s of %,d rows of %s become known %s or more after their event_timestamp and never count in '%s'; make it longer than the delay"
                    .formatted(
                        Shares.text(late, all), all, days, reach.getValue(), reach.getKey())));
      }
    }

    for (String name : view.features().keySet()) {
      long nulls = all - found.getLong(at++);
      if (nulls >= Shares.NEARLY_ALL * all) {
        notes.add(
            new Finding(
                lines.ofEntry(ROOM, view.name(), "features", name),
                Shares.nulls(name, nulls, all, days)));
      }
    }
  }

  /** Each day that has rows by itself, as a night judges a day. */
  private void rules(Dataset<Row> rows) {
    Column day = col(FeatureTableColumns.KNOWN_DATE);
    Map<String, List<String>> broken = new LinkedHashMap<>();
    for (Row found :
        rows.select(day).distinct().orderBy(day.desc()).limit(lastDays).collectAsList()) {
      LocalDate date = found.getLocalDate(0);
      Dataset<Row> ofDay = rows.where(day.equalTo(lit(date)));
      for (RuleOutcome rule :
          ValidateRows.validate(ofDay, ValidationRules.of(view, view.rules())).failures()) {
        broken
            .computeIfAbsent(rule.rule(), text -> new ArrayList<>())
            .add(date + rule.toString().substring(rule.rule().length()));
      }
    }

    broken.forEach(
        (rule, dates) ->
            notes.add(
                new Finding(
                    lines.file("validation/" + view.validation()),
                    "the rows of %s%s break the rule %s; a night would not publish them"
                        .formatted(dates.get(0), more(dates.size()), rule))));
  }

  private static String more(int days) {
    return days == 1 ? "" : " and of %d more day%s".formatted(days - 1, days == 2 ? "" : "s");
  }

  private void note(String key, String what) {
    notes.add(new Finding(lines.of(ROOM, view.name(), key), what));
  }
}
