package org.millrace.jobs.init;

import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.millrace.contracts.definition.JdbcTable;
import org.millrace.contracts.definition.SourceRules;
import org.millrace.features.validation.UsualVolume;

/** Writes the source of a table. */
final class DraftSource {
  private DraftSource() {}

  /**
   * The definition.
   *
   * @param keys columns that name a row; empty if none do
   * @param zone of times that are written without one
   * @param until the last day that is asked about
   */
  static String text(
      SeenTable table, SeenTable.SeenFiles files, List<String> keys, ZoneId zone, LocalDate until) {
    StringBuilder text = new StringBuilder();
    text.append("# Looked at when this was written: %,d rows.\n".formatted(table.count()));
    text.append("table: %s\n".formatted(table.table()));
    Optional<JdbcTable> database = JdbcTable.parse(files.path());
    String from = database.map(JdbcTable::toString).orElse(files.path());
    text.append("description: %s\n".formatted(Words.yaml("Rows of " + from)));
    text.append("inputs:\n  %s:\n".formatted(table.shortName()));
    text.append(
        database
            .map(
                of ->
                    "    jdbc: %s\n    table: %s\n"
                        .formatted(Words.yaml(of.url()), Words.yaml(of.table())))
            .orElseGet(() -> "    path: %s\n".formatted(Words.yaml(files.path()))));
    types(text, files);
    if (files.isText() && !files.nulls().isEmpty()) {
      text.append(
          "    nulls: [%s]   # texts that mean that there is no value\n"
              .formatted(
                  files.nulls().stream()
                      .map(DraftSource::quoted)
                      .collect(Collectors.joining(", "))));
    }

    if (files.isText() && !zone.normalized().equals(ZoneOffset.UTC)) {
      text.append("    zone: %s   # of times that are written without one\n".formatted(zone));
    }

    table.time().ifPresent(time -> days(text, table, files, time, until));
    if (!keys.isEmpty()) {
      text.append(
          "keys: [%s]   # no two rows of a day agree in them\n".formatted(String.join(", ", keys)));
    }

    if (table.columns().stream().anyMatch(SeenTable.SeenColumn::isOdd)) {
      text.append("infinities: allow   # views take them, and NaN, for no value\n");
    }

    sql(text, table, zone);
    return text.toString();
  }

  private static void types(StringBuilder text, SeenTable.SeenFiles files) {
    if (files.types().isEmpty()) {
      return;
    }

    text.append(
        "    # Found in the files, and pinned: a value that is none of its type stops a run, with the value and its file.\n");
    text.append("    columns:\n");
    files
        .types()
        .forEach(
            (column, type) ->
                text.append("      %s: %s\n".formatted(Words.yaml(column), Words.yaml(type))));
  }

  private static void days(
      StringBuilder text,
      SeenTable table,
      SeenTable.SeenFiles files,
      TimeColumn time,
      LocalDate until) {
    text.append(
        "day: %s   # a row arrives on the day of %s%s\n"
            .formatted(
                table.day().orElseThrow(),
                time.name(),
                time.first().isPresent()
                    ? "; what is older, on the first day that is asked about"
                    : ""));
    text.append("start: %s   # days before it need no rows\n".formatted(table.span().from()));
    int holes = table.holes(until);
    if (holes > 0 && table.isOftenEmpty(until)) {
      text.append(
          "empty-days: allow   # %,d of the days that were looked at have no rows\n"
              .formatted(holes));
    } else if (holes > 0) {
      text.append(
          "# %s: are files missing? If not, 'empty-days: allow' lets a run go on\n"
              .formatted(holes(table, until)));
    }

    if (files.withoutTime() > 0) {
      text.append(
          "null-days: drop   # %,d rows have no %s\n".formatted(files.withoutTime(), time.name()));
    }

    if (!isSteady(table.days())) {
      text.append("volume: off   # some days have ten times their usual rows, or more\n");
    }
  }

  /** {@code no rows on 2024-11-20}. */
  static String holes(SeenTable table, LocalDate until) {
    int more = table.holes(until) - table.someHoles(until).size();
    return "no rows on %s%s"
        .formatted(
            table.someHoles(until).stream()
                .map(LocalDate::toString)
                .collect(Collectors.joining(", ")),
            more > 0 ? " and %d more days".formatted(more) : "");
  }

  /** Whether the rule of usual volume holds for all days. */
  static boolean isSteady(NavigableMap<LocalDate, Long> days) {
    return UsualVolume.judge(days, new TreeMap<>(), SourceRules.DEFAULT_VOLUME_TIMES).passed();
  }

  private static void sql(StringBuilder text, SeenTable table, ZoneId zone) {
    List<String> selected = new ArrayList<>();
    for (SeenTable.SeenColumn column : table.columns()) {
      String value = value(column, zone);
      selected.add(value.equals(column.name()) ? value : value + " AS " + column.name());
    }

    table
        .time()
        .ifPresent(
            time ->
                selected.add(
                    dayOfOriginal(table, time, zone) + " AS " + table.day().orElseThrow()));
    text.append("sql: |\n  SELECT\n    ");
    text.append(String.join(",\n    ", selected));
    text.append("\n  FROM %s\n".formatted(table.shortName()));
  }

  /** Times of clocks become instants. */
  private static String value(SeenTable.SeenColumn column, ZoneId zone) {
    String original = Words.sql(column.original());
    return column.isLocal()
        ? "to_utc_timestamp(CAST(%s AS TIMESTAMP), '%s')".formatted(original, zone)
        : original;
  }

  /** The expression on the column as the files name it. */
  private static String dayOfOriginal(SeenTable table, TimeColumn time, ZoneId zone) {
    String original =
        table.columns().stream()
            .filter(column -> column.name().equals(time.name()))
            .map(column -> value(column, zone))
            .findFirst()
            .orElse(time.name());
    return time.named(original).day();
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
