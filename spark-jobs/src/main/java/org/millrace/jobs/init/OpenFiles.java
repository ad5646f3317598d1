package org.millrace.jobs.init;

import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.when;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.millrace.contracts.definition.InputDefinition.TextOptions;
import org.millrace.features.input.InputReader;
import org.millrace.features.input.OpenedInput;
import org.millrace.features.spark.ColumnNames;

/**
 * Opens files with the types that their values have. Texts that many programs write for a value
 * that is not there count as none, if a column gets a type by it. Driver only; a pass over texts.
 *
 * @param spark the session
 * @param zone of times that are written without one
 * @param nulls texts that mean that there is no value, whatever is found
 */
record OpenFiles(SparkSession spark, ZoneId zone, List<String> nulls) {
  private static final List<String> USUAL_NULLS =
      List.of("NA", "N/A", "n/a", "NULL", "null", "None", "NaN", "nan", "-", "?");

  /**
   * What was opened.
   *
   * @param rows lazy
   * @param types SQL types by column, of types that a definition can name
   * @param isText whether they were found in texts
   * @param nulls texts that mean that there is no value
   */
  record Opened(Dataset<Row> rows, Map<String, String> types, boolean isText, List<String> nulls) {}

  Opened open(String location) {
    OpenedInput opened = open(location, nulls);
    Set<String> found = usualNulls(opened);
    if (found.isEmpty()) {
      return opened(opened, nulls);
    }

    TreeSet<String> all = new TreeSet<>(nulls);
    all.addAll(found);
    OpenedInput again = open(location, List.copyOf(all));
    return texts(again) < texts(opened) ? opened(again, List.copyOf(all)) : opened(opened, nulls);
  }

  /** Options of texts are refused for other files, and only what is opened says what it is. */
  private OpenedInput open(String location, List<String> without) {
    TextOptions text =
        new TextOptions(Optional.empty(), true, TextOptions.DEFAULTS.encoding(), without, zone);
    if (location.matches("(?i).*\\.(csv|tsv|json|jsonl|ndjson)(\\.(gz|bz2))?")) {
      return open(location, text);
    }

    OpenedInput opened = open(location, TextOptions.DEFAULTS);
    return opened.texts().isEmpty() || text.equals(TextOptions.DEFAULTS)
        ? opened
        : open(location, text);
  }

  private OpenedInput open(String location, TextOptions text) {
    return new InputReader(spark, location)
        .open(new InputReader.Request(location, Optional.empty(), Map.of(), text, true));
  }

  private static Opened opened(OpenedInput opened, List<String> without) {
    Map<String, String> types = new LinkedHashMap<>();
    for (StructField field : opened.rows().schema().fields()) {
      String type = field.dataType().catalogString();
      if (!type.contains("<") && !type.contains("interval") && !type.equals("void")) {
        types.put(field.name(), type);
      }
    }

    boolean isText = !opened.texts().isEmpty();
    return new Opened(opened.rows(), types, isText, isText ? without : List.of());
  }

  private static Set<String> usualNulls(OpenedInput opened) {
    List<Column> sets = new ArrayList<>();
    for (StructField field : opened.rows().schema().fields()) {
      if (field.dataType().equals(DataTypes.StringType) && opened.texts().contains(field.name())) {
        Column text = ColumnNames.column(field.name());
        sets.add(collect_set(when(text.isInCollection(USUAL_NULLS), text)));
      }
    }

    Set<String> found = new TreeSet<>();
    if (!sets.isEmpty()) {
      Row row =
          opened
              .rows()
              .agg(sets.get(0), sets.subList(1, sets.size()).toArray(Column[]::new))
              .head();
      for (int i = 0; i < sets.size(); i++) {
        found.addAll(row.getList(i));
      }
    }

    return found;
  }

  private static long texts(OpenedInput opened) {
    long texts = 0;
    for (StructField field : opened.rows().schema().fields()) {
      texts += field.dataType().equals(DataTypes.StringType) ? 1 : 0;
    }

    return texts;
  }
}
