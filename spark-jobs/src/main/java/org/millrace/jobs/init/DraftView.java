package org.millrace.jobs.init;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.NumericType;
import org.millrace.features.validation.SuggestedRules.Suggested;
import org.millrace.jobs.init.SeenTable.SeenColumn;

/**
 * A view that is yet to be written.
 *
 * @param name of it
 * @param table that it reads
 * @param keys by column of the spine: the table's column, and the SQL type
 * @param isWindowed whether its rows are events
 * @param ownRows whether its rows are those of the spine, which must not count themselves
 * @param alwaysKnown when all rows count as known; empty if each has its time
 * @param features the columns that it gives, with their types
 * @param left columns that it does not give, with the reason
 */
record DraftView(
    String name,
    SeenTable table,
    Map<String, DraftKey> keys,
    boolean isWindowed,
    boolean ownRows,
    Optional<Instant> alwaysKnown,
    Map<String, DraftFeature> features,
    Map<String, String> left) {
  /** More values than an encoding of texts is good for. */
  static final int MOST_TEXTS = 50;

  private static final int MOST_AGGREGATED = 6;

  /**
   * A key.
   *
   * @param column of the table
   * @param found its type there
   * @param type in view and spine
   */
  record DraftKey(String column, DataType found, DataType type) {}

  /**
   * A feature.
   *
   * @param sql of it
   * @param type of it
   */
  record DraftFeature(String sql, String type) {}

  /** What a view gives of a table's columns. */
  static DraftView of(
      String name,
      SeenTable table,
      Map<String, DraftKey> keys,
      boolean isWindowed,
      boolean ownRows,
      Optional<Instant> alwaysKnown,
      List<String> without) {
    Map<String, DraftFeature> features = new LinkedHashMap<>();
    Map<String, String> left = new LinkedHashMap<>();
    for (SeenColumn column : table.columns()) {
      boolean isKey = keys.values().stream().anyMatch(key -> key.column().equals(column.name()));
      if (isKey
          || keys.containsKey(column.name())
          || without.contains(column.name())
          || table.time().filter(time -> time.name().equals(column.name())).isPresent()) {
        continue;
      }

      boolean isNumber =
          column.type() instanceof NumericType || column.type() instanceof BooleanType;
      if (names(column, table)) {
        left.put(column.name(), "names a row");
      } else if (isNumber && (!isWindowed || features.size() < MOST_AGGREGATED)) {
        features.put(column.name(), new DraftFeature(number(column), "double"));
      } else if (isWindowed) {
        left.put(column.name(), isNumber ? "one of many numbers" : "no number");
      } else if (!column.type().equals(DataTypes.StringType)) {
        left.put(column.name(), column.type().catalogString());
      } else if (column.distinct() > MOST_TEXTS) {
        left.put(column.name(), "a text with about %,d values".formatted(column.distinct()));
      } else {
        features.put(column.name(), new DraftFeature(column.name(), "string"));
      }
    }

    return new DraftView(name, table, keys, isWindowed, ownRows, alwaysKnown, features, left);
  }

  private static String number(SeenColumn column) {
    String name = column.name();
    return column.isOdd()
        ? "CASE WHEN abs(%s) < double('Infinity') THEN CAST(%s AS DOUBLE) END AS %s"
            .formatted(name, name, name)
        : "CAST(%s AS DOUBLE) AS %s".formatted(name, name);
  }

  /** Nearly each row has a value of its own, that is no measure. */
  private static boolean names(SeenColumn column, SeenTable table) {
    boolean isFractional =
        column.type() instanceof DoubleType
            || column.type() instanceof FloatType
            || column.type() instanceof DecimalType;
    return !isFractional && table.count() > 20 && column.distinct() > 0.9 * table.count();
  }

  /** The same under another name. */
  DraftView named(String other) {
    return new DraftView(other, table, keys, isWindowed, ownRows, alwaysKnown, features, left);
  }

  /** Whether there is anything that a model could read. */
  boolean isUseful() {
    return isWindowed || !features.isEmpty();
  }

  /** Columns of the joined rows that are numbers. */
  List<String> numeric() {
    if (isWindowed) {
      return aggregates().keySet().stream().map(this::column).toList();
    }

    return features.entrySet().stream()
        .filter(feature -> feature.getValue().type().equals("double"))
        .map(feature -> column(feature.getKey()))
        .toList();
  }

  /** Columns of the joined rows that are texts. */
  List<String> categorical() {
    return isWindowed
        ? List.of()
        : features.entrySet().stream()
            .filter(feature -> feature.getValue().type().equals("string"))
            .map(feature -> column(feature.getKey()))
            .toList();
  }

  private String column(String output) {
    return name + "__" + output;
  }

  /**
   * The definition.
   *
   * @param until the last day that is asked about
   * @param isSparse whether so few rows are asked about a day that none of them may be answered
   */
  String text(LocalDate until, boolean isSparse) {
    StringBuilder text = new StringBuilder();
    text.append("view: %s\n".formatted(name));
    text.append("description: %s\n".formatted(Words.yaml(description())));
    text.append(
        "entity: {name: %s, keys: {%s}}\n"
            .formatted(
                String.join("_", keys.keySet()),
                keys.entrySet().stream()
                    .map(
                        key ->
                            key.getKey() + ": " + Words.yaml(key.getValue().type().catalogString()))
                    .collect(Collectors.joining(", "))));
    text.append("reads: [%s]\n".formatted(table.table()));
    sql(text);
    if (ownRows) {
      text.append("boundary: exclusive   # a row does not count itself\n");
    }

    features(text);
    if (isWindowed) {
      text.append("aggregates:\n");
      aggregates()
          .forEach((aggregate, body) -> text.append("  %s: %s\n".formatted(aggregate, body)));
    }

    text.append("validation: %s.dqdl\n".formatted(name));
    boolean mayBeEmpty =
        table.days().isEmpty() || (table.holes(until) > 0 && table.isOftenEmpty(until));
    if (mayBeEmpty) {
      text.append("empty-days: allow   # not every day has new rows\n");
    }

    if (isSparse) {
      text.append(
          "unanswered-days: allow   # few rows are asked about a day: none of them may have an answer\n");
    }

    if (!table.days().isEmpty() && !DraftSource.isSteady(table.days())) {
      text.append("volume: off   # some days have ten times their usual rows, or more\n");
    }

    return text.toString();
  }

  private String description() {
    if (isWindowed) {
      return "Rows of %s, counted and averaged by %s".formatted(table.shortName(), by());
    }

    return "What is known by %s from %s".formatted(by(), table.shortName());
  }

  private String by() {
    return String.join(", ", keys.keySet());
  }

  private void sql(StringBuilder text) {
    alwaysKnown.ifPresent(
        known ->
            text.append(
                "# It is unknown since when these rows are known: they count from the first day on. If they were corrected\n# later, training sees what was not known then; give the files a time and name it.\n"));
    List<String> selected = new ArrayList<>();
    keys.forEach((spine, key) -> selected.add(keySql(spine, key)));
    Optional<String> always = alwaysKnown.map(known -> "TIMESTAMP '" + known + "'");
    selected.add(
        always.orElseGet(() -> table.time().orElseThrow().instant()) + " AS event_timestamp");
    selected.add(always.orElseGet(() -> table.time().orElseThrow().knownAt()) + " AS known_at");
    features.values().forEach(feature -> selected.add(feature.sql()));
    left.forEach(
        (column, reason) -> text.append("# left out: %s (%s)\n".formatted(column, reason)));
    text.append("sql: |\n  SELECT\n    ");
    text.append(String.join(",\n    ", selected));
    text.append("\n  FROM %s\n".formatted(table.shortName()));
    String conditions =
        keys.values().stream()
            .map(key -> key.column() + " IS NOT NULL")
            .collect(Collectors.joining(" AND "));
    text.append("  WHERE %s\n".formatted(conditions));
  }

  private static String keySql(String spine, DraftKey key) {
    String value =
        key.found().equals(key.type())
            ? key.column()
            : "CAST(%s AS %s)".formatted(key.column(), key.type().sql());
    return value.equals(spine) ? value : value + " AS " + spine;
  }

  private void features(StringBuilder text) {
    if (features.isEmpty()) {
      return;
    }

    text.append("features:\n");
    features.forEach(
        (feature, of) ->
            text.append(
                "  %s: {type: %s, description: %s}\n"
                    .formatted(
                        feature,
                        of.type(),
                        Words.yaml("%s of %s".formatted(feature, table.shortName())))));
  }

  /** By name, as the definition has them. */
  private Map<String, String> aggregates() {
    Map<String, String> aggregates = new LinkedHashMap<>();
    for (int days : windows()) {
      aggregates.put(
          "rows_%dd".formatted(days),
          "{of: count() over %dd, type: bigint, description: 'Rows of %s in the last %d days'}"
              .formatted(days, table.shortName(), days));
    }

    int longest = windows().get(windows().size() - 1);
    for (String feature : features.keySet()) {
      aggregates.put(
          "mean_%s_%dd".formatted(feature, longest),
          "{of: avg(%s) over %dd, type: double, description: 'Mean of %s in the last %d days'}"
              .formatted(feature, longest, feature, longest));
    }

    return aggregates;
  }

  /** Lengths that fit into the days that there are, several times over. */
  private List<Integer> windows() {
    long days = table.days().isEmpty() ? 0 : table.span().size();
    return days >= 360 ? List.of(7, 30, 90) : days >= 60 ? List.of(7, 30) : List.of(1, 7);
  }

  /** The rules, with the share of rows that keep each. */
  String rules(List<Suggested> suggested) {
    StringBuilder text = new StringBuilder();
    text.append(
        "# Proposed from %,d rows; the share of them that keeps a rule is above it.\n"
            .formatted(table.count()));
    text.append(
        "# Keys, times, NaN, duplicates and a day's usual number of rows are always looked at.\n");
    text.append("Rules = [\n");
    List<String> rules = new ArrayList<>();
    for (Suggested rule : suggested) {
      rules.add(
          "  # %s of the rows\n  %s"
              .formatted(
                  rule.share() == 1
                      ? "all"
                      : String.format(Locale.ROOT, "%.1f %%", 100 * rule.share()),
                  rule.dqdl()));
    }

    if (rules.isEmpty()) {
      rules.add("  IsComplete \"known_at\"");
    }

    return text + String.join(",\n", rules) + "\n]\n";
  }
}
