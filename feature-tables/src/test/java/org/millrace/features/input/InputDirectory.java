package org.millrace.features.input;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.millrace.contracts.definition.InputDefinition.TextOptions;
import org.millrace.contracts.definition.InputFormat;
import org.millrace.features.testing.TestSpark;

/** A directory of files that were written one by one, and what the reader makes of it. */
record InputDirectory(Path path) {
  private static final SparkSession SPARK = TestSpark.session();

  /** Writes one file of a format that Spark writes. */
  InputDirectory file(String format, String name, String query) {
    try {
      Path written = Files.createTempDirectory("written").resolve("rows");
      SPARK.sql(query).coalesce(1).write().format(format).save(written.toString());
      try (var parts = Files.list(written)) {
        Path part =
            parts
                .filter(file -> file.getFileName().toString().startsWith("part-"))
                .findFirst()
                .orElseThrow();
        Path target = path.resolve(name);
        Files.createDirectories(target.getParent());
        Files.move(part, target);
      }

      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  InputDirectory parquet(String name, String query) {
    return file("parquet", name, query);
  }

  InputDirectory text(String name, String content) {
    try {
      Path target = path.resolve(name);
      Files.createDirectories(target.getParent());
      Files.writeString(target, content);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Dataset<Row> rows() {
    return found("");
  }

  /** With types of texts found, as for a command. */
  Dataset<Row> found(String pattern) {
    return new InputReader(SPARK, "the input")
        .open(InputReader.Request.of(path.resolve(pattern).toString(), Map.of()))
        .rows();
  }

  /** As for a definition. */
  Dataset<Row> declared(Map<String, String> columns, TextOptions text) {
    return new InputReader(SPARK, "the input")
        .open(
            new InputReader.Request(
                path.toString(), Optional.<InputFormat>empty(), columns, text, false))
        .rows();
  }

  /** Names and types. */
  static String schema(Dataset<Row> rows) {
    return Arrays.stream(rows.schema().fields())
        .map(field -> field.name() + " " + field.dataType().sql())
        .collect(Collectors.joining(", "));
  }

  /** Each row as text, in order. */
  static List<String> values(Dataset<Row> rows) {
    return rows.collectAsList().stream().map(row -> row.mkString("|")).sorted().toList();
  }
}
