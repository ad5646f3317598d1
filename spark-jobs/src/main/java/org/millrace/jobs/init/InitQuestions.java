package org.millrace.jobs.init;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.approx_count_distinct;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.JdbcTable;
import org.millrace.features.spark.ColumnNames;

/**
 * Asks a person for what {@code millrace init} was not told; an empty answer takes what is found in
 * the files. Driver only.
 */
public final class InitQuestions {
  private static final String DATA =
      ".*(\\.(csv|tsv|json|jsonl|ndjson|parquet|orc|avro)(\\.(gz|bz2))?)";

  private final BufferedReader in;
  private final PrintStream out;
  private final OpenFiles files;
  private final Path directory;

  /**
   * Prepares to ask.
   *
   * @param directory where the person is
   */
  InitQuestions(BufferedReader in, PrintStream out, OpenFiles files, Path directory) {
    this.in = requireNonNull(in, "in is null");
    this.out = requireNonNull(out, "out is null");
    this.files = requireNonNull(files, "files is null");
    this.directory = requireNonNull(directory, "directory is null");
  }

  /** Where the rows are that are asked about. */
  String spine() {
    List<String> found = found();
    if (!found.isEmpty()) {
      out.println("Files here: " + String.join(", ", found));
    }

    return located(
        ask("Which files hold the rows to predict for, each once", found.stream().findFirst()));
  }

  /** The columns that name a row: by default the first one whose values are all different. */
  List<String> id(String spine) {
    Dataset<Row> rows = files.open(spine).rows();
    out.println("Columns: " + String.join(", ", rows.columns()));
    return List.of(
        ask("Which column names a row (several with commas)", unique(rows)).split("\\s*,\\s*"));
  }

  /** The column that says when is asked. */
  String asOf(String spine) {
    return ask(
        "Which column has the time when a prediction is asked for",
        times(spine).stream().findFirst());
  }

  /** The label, as {@link InitText#label} reads it, with its files as a path. */
  String label(String spine) {
    String answer =
        ask("What is to be predicted: FILES:COLUMN, or a column of " + spine, Optional.empty());
    int colon = answer.lastIndexOf(':');
    return colon < 0 ? answer : located(answer.substring(0, colon)) + answer.substring(colon);
  }

  /** After how long the label is known; empty to take what the files show. */
  Optional<String> labelAfter() {
    String answer =
        ask("After how many days is it known (empty: what the files show)", Optional.of(""));
    return answer.isEmpty() ? Optional.empty() : Optional.of(answer);
  }

  /** Files of facts, until an empty answer, as {@link InitText#facts} reads them. */
  List<String> facts() {
    List<String> facts = new ArrayList<>();
    while (true) {
      String answer =
          ask("Files with more facts: FILES:KEY@TIME (empty: no more)", Optional.of(""));
      if (answer.isEmpty()) {
        return facts;
      }

      int colon = answer.lastIndexOf(':');
      facts.add(colon < 0 ? answer : located(answer.substring(0, colon)) + answer.substring(colon));
    }
  }

  private List<String> times(String location) {
    List<String> times = new ArrayList<>();
    for (StructField field : files.open(location).rows().schema().fields()) {
      if (TimeColumn.isTime(field.dataType())) {
        times.add(field.name());
      }
    }

    return times;
  }

  private static Optional<String> unique(Dataset<Row> rows) {
    List<Column> counts = new ArrayList<>();
    for (String name : rows.columns()) {
      counts.add(approx_count_distinct(ColumnNames.column(name), 0.01));
    }

    Row found = rows.agg(count(lit(1)), counts.toArray(Column[]::new)).head();
    for (int i = 0; i < rows.columns().length; i++) {
      if (found.getLong(i + 1) >= 0.95 * found.getLong(0)) {
        return Optional.of(rows.columns()[i]);
      }
    }

    return Optional.empty();
  }

  /** Files of data here, and those of directories as patterns. */
  private List<String> found() {
    TreeSet<String> found = new TreeSet<>();
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path entry : entries.toList()) {
        if (Files.isDirectory(entry)) {
          pattern(entry).ifPresent(found::add);
        } else if (entry.getFileName().toString().matches(DATA)) {
          found.add(entry.getFileName().toString());
        }
      }
    } catch (IOException e) {
      return List.of(); // a default less
    }

    return List.copyOf(found);
  }

  private static Optional<String> pattern(Path directory) throws IOException {
    if (Files.isDirectory(directory.resolve("_delta_log"))) {
      return Optional.of(directory.getFileName().toString());
    }

    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.matches(DATA))
          .sorted()
          .findFirst()
          .map(name -> directory.getFileName() + "/*" + name.replaceFirst(DATA, "$1"));
    }
  }

  private String located(String answer) {
    return JdbcTable.isMeant(answer) ? answer : directory.resolve(answer).normalize().toString();
  }

  private String ask(String question, Optional<String> usual) {
    while (true) {
      out.print(
          question
              + usual.filter(of -> !of.isEmpty()).map(of -> " [" + of + "]").orElse("")
              + ": ");
      out.flush();
      String answer = line();
      if (!answer.isBlank()) {
        return answer.strip();
      }

      if (usual.isPresent()) {
        return usual.get();
      }
    }
  }

  private String line() {
    try {
      String line = in.readLine();
      if (line != null) {
        return line;
      }
    } catch (IOException e) {
      throw new MillraceException(ErrorCategory.EXTERNAL, "Cannot read an answer: " + e, e);
    }

    throw new MillraceException(
        ErrorCategory.DEFINITION,
        "Cannot write a pipeline: the answers ended; give --spine, --id, --as-of and --label");
  }
}
