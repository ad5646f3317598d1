package org.millrace.jobs.init;

import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.when;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
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
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.InputDefinition.TextOptions;
import org.millrace.contracts.definition.JdbcTable;
import org.millrace.features.input.InputReader;
import org.millrace.features.input.JdbcInput;
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
   * @param notes what a person should know
   */
  record Opened(
      Dataset<Row> rows,
      Map<String, String> types,
      boolean isText,
      List<String> nulls,
      List<String> notes) {}

  Opened open(String location) {
    if (JdbcTable.isMeant(location)) {
      return new Opened(table(location), Map.of(), false, List.of(), List.of());
    }

    OpenedInput opened = open(location, nulls);
    Map<String, Set<String>> found = usualNulls(opened);
    if (found.isEmpty()) {
      return opened(opened, nulls, List.of());
    }

    OpenedInput again = open(location, with(found.values()));
    Set<String> gained = new TreeSet<>(texts(opened));
    gained.removeAll(texts(again));
    found.keySet().retainAll(gained);
    if (found.isEmpty()) {
      return opened(opened, nulls, List.of());
    }

    List<String> needed = with(found.values());
    OpenedInput last = open(location, needed);
    List<String> notes = new ArrayList<>();
    usualNulls(opened)
        .forEach(
            (column, values) -> {
              values.retainAll(needed);
              if (!gained.contains(column) && !values.isEmpty()) {
                notes.add(
                    "note: %s is no value in %s, and therefore none in %s; name with --nulls which texts are none"
                        .formatted(String.join(", ", values), String.join(", ", gained), column));
              }
            });
    return opened(last, needed, notes);
  }

  private Dataset<Row> table(String location) {
    try {
      return new JdbcInput(spark, "the table").rows(database(location));
    } catch (MillraceException e) {
      throw typed(e);
    }
  }

  /** Throws DEFINITION if it is not of the form that is used, or has a password. */
  static JdbcTable database(String location) {
    JdbcTable table =
        JdbcTable.parse(location)
            .orElseThrow(
                () ->
                    new MillraceException(
                        ErrorCategory.DEFINITION,
                        "Cannot use an address of a database without a table: expected jdbc:...#TABLE, such as jdbc:postgresql://host/sales#public.loans"));
    table
        .problem()
        .ifPresent(
            problem -> {
              throw new MillraceException(
                  ErrorCategory.DEFINITION, "Cannot use table " + table.table() + ": " + problem);
            });
    return table;
  }

  private List<String> with(Collection<Set<String>> found) {
    TreeSet<String> all = new TreeSet<>(nulls);
    found.forEach(all::addAll);
    return List.copyOf(all);
  }

  /** Options of texts are refused for other files, and only what is opened says what it is. */
  private OpenedInput open(String location, List<String> without) {
    TextOptions text =
        new TextOptions(
            Optional.empty(),
            true,
            TextOptions.DEFAULTS.encoding(),
            without,
            zone.normalized().equals(ZoneOffset.UTC) ? ZoneOffset.UTC : zone);
    if (location.matches("(?i).*\\.(csv|tsv|json|jsonl|ndjson)(\\.(gz|bz2))?")) {
      return open(location, text);
    }

    OpenedInput opened = open(location, TextOptions.DEFAULTS);
    return opened.texts().isEmpty() || text.equals(TextOptions.DEFAULTS)
        ? opened
        : open(location, text);
  }

  private OpenedInput open(String location, TextOptions text) {
    try {
      return new InputReader(spark, location)
          .open(new InputReader.Request(location, Optional.empty(), Map.of(), text, true));
    } catch (MillraceException e) {
      throw typed(e);
    }
  }

  /** A person typed it: what is not there is a wrong argument, and nothing that is yet to come. */
  private static MillraceException typed(MillraceException failure) {
    return failure.category() == ErrorCategory.INPUT_MISSING
        ? new MillraceException(
            ErrorCategory.DEFINITION, String.valueOf(failure.getMessage()), failure)
        : failure;
  }

  private static Opened opened(OpenedInput opened, List<String> without, List<String> notes) {
    Map<String, String> types = new LinkedHashMap<>();
    for (StructField field : opened.rows().schema().fields()) {
      String type = field.dataType().catalogString();
      if (!type.contains("<") && !type.contains("interval") && !type.equals("void")) {
        types.put(field.name(), type);
      }
    }

    boolean isText = !opened.texts().isEmpty();
    return new Opened(opened.rows(), types, isText, isText ? without : List.of(), notes);
  }

  /** Those that there are, by column of texts. */
  private static Map<String, Set<String>> usualNulls(OpenedInput opened) {
    List<String> columns = opened.texts().stream().filter(texts(opened)::contains).toList();
    Map<String, Set<String>> found = new LinkedHashMap<>();
    if (columns.isEmpty()) {
      return found;
    }

    Column[] sets =
        columns.stream()
            .map(ColumnNames::column)
            .map(text -> collect_set(when(text.isInCollection(USUAL_NULLS), text)))
            .toArray(Column[]::new);
    Row row =
        opened
            .rows()
            .agg(sets[0], List.of(sets).subList(1, sets.length).toArray(Column[]::new))
            .head();
    for (int i = 0; i < columns.size(); i++) {
      Set<String> values = new TreeSet<>(row.getList(i));
      if (!values.isEmpty()) {
        found.put(columns.get(i), values);
      }
    }

    return found;
  }

  private static Set<String> texts(OpenedInput opened) {
    Set<String> texts = new TreeSet<>();
    for (StructField field : opened.rows().schema().fields()) {
      if (field.dataType().equals(DataTypes.StringType)) {
        texts.add(field.name());
      }
    }

    return texts;
  }
}
