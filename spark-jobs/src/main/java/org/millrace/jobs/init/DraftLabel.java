package org.millrace.jobs.init;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.types.DataType;
import org.millrace.jobs.init.SeenTable.SeenColumn;

/**
 * The label that is yet to be written.
 *
 * @param name of it
 * @param spine table whose rows it is about
 * @param asked the time of these rows
 * @param id columns that name them
 * @param table that it is read from; may be the spine's
 * @param column that holds it
 * @param known the column that says when it became known; empty if it is so many days after the row
 * @param value SQL of 0 or 1, with {} for the column
 * @param days after so many days it is known
 * @param absent the label of a row for which none came
 * @param keys types of the id in spine and label
 */
record DraftLabel(
    String name,
    SeenTable spine,
    TimeColumn asked,
    List<String> id,
    SeenTable table,
    SeenColumn column,
    Optional<TimeColumn> known,
    String value,
    int days,
    Optional<Integer> absent,
    Map<String, DataType> keys) {

  /** The same, known after other days. */
  DraftLabel withDays(int other) {
    return new DraftLabel(name, spine, asked, id, table, column, known, value, other, absent, keys);
  }

  /** The same under another name, with the types that all keys have. */
  DraftLabel named(String other, Map<String, DataType> types) {
    return new DraftLabel(
        other, spine, asked, id, table, column, known, value, days, absent, types);
  }

  /** The last day on which one became known. */
  LocalDate lastKnown() {
    return known.isPresent() && !isOfSpine() ? table.span().to() : spine.span().to();
  }

  /** Whether it is a column of the spine's own files. */
  boolean isOfSpine() {
    return table.table().equals(spine.table());
  }

  /** What was found, for a person. */
  String said() {
    return "label %s: %s of %s, known %s, %d days after its row at the latest"
        .formatted(
            name,
            column.original(),
            table.location(),
            known.map(time -> "from " + time.name() + " on").orElse("after a fixed number of days"),
            days);
  }

  /** The definition. */
  String text() {
    Set<String> reads = new LinkedHashSet<>();
    reads.add(table.table());
    if (known.isEmpty()) {
      reads.add(spine.table());
    }

    StringBuilder text = new StringBuilder();
    text.append(
        "# What came true: joined by Millrace when it is known, never seen by features. A day is judged, and trained on,\n# when its horizon has ended.\n");
    text.append("label: %s\n".formatted(name));
    text.append(
        "description: %s\n"
            .formatted(
                Words.yaml(
                    "%s of %s, known at most %d days later"
                        .formatted(column.name(), table.shortName(), days))));
    text.append("reads: [%s]\n".formatted(String.join(", ", reads)));
    text.append("keys: [%s]\n".formatted(String.join(", ", id)));
    if (known.isEmpty() || isOfSpine()) {
      text.append(
          "look-back-days: %d   # the night on which it is known reads the rows of as many days before\n"
              .formatted(days));
    }

    text.append("horizon-days: %d\n".formatted(days));
    absent.ifPresent(
        of ->
            text.append("absent: %d   # of a row for which none came until then\n".formatted(of)));
    text.append("sql: |\n");
    text.append(sql().indent(2));
    return text.toString();
  }

  private String sql() {
    String from = table.shortName();
    if (known.isPresent() || isOfSpine()) {
      String at = known.map(TimeColumn::instant).orElseGet(() -> afterAsked(""));
      return select("", at) + "\nFROM " + from + condition("");
    }

    String on =
        id.stream()
            .map(column -> "asked.%s = came.%s".formatted(column, column))
            .collect(Collectors.joining(" AND "));
    return select("came.", afterAsked("asked."))
        + "\nFROM %s asked JOIN %s came ON %s".formatted(spine.shortName(), from, on)
        + condition("came.");
  }

  /** As the calendar counts days, so that it falls on the last day of the horizon. */
  private String afterAsked(String from) {
    TimeColumn time = asked.named(from + asked.name());
    return "to_utc_timestamp(from_utc_timestamp(%s, '%s') + INTERVAL %d DAYS, '%s')"
        .formatted(time.instant(), asked.zone(), days, asked.zone());
  }

  private String select(String from, String known) {
    String keys = id.stream().map(key -> key(from, key)).collect(Collectors.joining(", "));
    return "SELECT %s, %s AS %s,\n  %s AS known_at"
        .formatted(keys, value.replace("{}", from + column.name()), name, known);
  }

  private String key(String from, String name) {
    DataType type = keys.getOrDefault(name, table.column("--label", name).type());
    return type.equals(table.column("--label", name).type())
        ? from + name
        : "CAST(%s AS %s) AS %s".formatted(from + name, type.sql(), name);
  }

  private String condition(String from) {
    List<String> present = new ArrayList<>(List.of(column.name()));
    present.addAll(id);
    known.ifPresent(time -> present.add(time.name()));
    String given =
        present.stream()
            .map(name -> from + name + " IS NOT NULL")
            .collect(Collectors.joining(" AND "));
    return "\nWHERE " + given + known.flatMap(TimeColumn::sinceFirst).orElse("");
  }
}
