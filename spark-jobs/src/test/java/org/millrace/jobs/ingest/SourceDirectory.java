package org.millrace.jobs.ingest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.definition.Definitions;
import org.millrace.features.sql.CanonicalSql;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.TestRooms;

/**
 * A home with small sources, each the directory {@code <name>} of Parquet files with the columns
 * {@code d} (day), {@code k} and {@code x}, and a lake.
 */
final class SourceDirectory {
  private final Path home;

  SourceDirectory(Path home) {
    this.home = home;
    write("millrace.yaml", "lake: lake\n");
  }

  /** Defines {@code raw.<name>}; further lines of the definition may follow. */
  void source(String name, String... lines) {
    table(name, "day: d\n" + String.join("\n", lines));
  }

  /** Defines {@code raw.<name>} without days; further lines of the definition may follow. */
  void table(String name, String... lines) {
    sql(name, "SELECT * FROM " + name, lines);
  }

  /** Defines {@code raw.<name>} by a query; further lines of the definition may follow. */
  void sql(String name, String sql, String... lines) {
    write(
        "sources/" + name + ".yaml",
        """
        table: raw.%1$s
        description: D
        inputs: {%1$s: %1$s}
        sql: %2$s
        """
                .formatted(name, sql)
            + String.join("\n", lines));
  }

  /** Defines {@code raw.<name>} as a table without days. */
  void whole(String name) {
    write(
        "sources/" + name + ".yaml",
        """
        table: raw.%1$s
        description: D
        inputs: {%1$s: %1$s}
        sql: SELECT * FROM %1$s
        """
            .formatted(name));
  }

  /** Writes one file of a source; rows such as {@code ('2024-01-01', 1, 1.0)}. */
  void file(String name, String file, String... rows) {
    query(
        name,
        file,
        "SELECT CAST(d AS DATE) AS d, k, CAST(x AS DOUBLE) AS x FROM VALUES "
            + String.join(", ", rows)
            + " AS t(d, k, x)");
  }

  /** Writes rows {@code 0} to {@code count - 1} of a day into one file of a source. */
  void day(String name, String day, int count) {
    day(name, day, day, count);
  }

  /** The same, into a file of a name. */
  void day(String name, String file, String day, int count) {
    query(
        name,
        file,
        "SELECT DATE'%s' AS d, CAST(id AS INT) AS k, CAST(id AS DOUBLE) AS x FROM range(%d)"
            .formatted(day, count));
  }

  /** Writes the rows of a query into one file of a source, in place of an earlier one. */
  void query(String name, String file, String sql) {
    Path written = home.resolve("written");
    TestSpark.session().sql(sql).coalesce(1).write().mode("overwrite").parquet(written.toString());
    try (Stream<Path> parts = Files.list(written)) {
      Path part =
          parts.filter(path -> path.toString().endsWith(".parquet")).findFirst().orElseThrow();
      Files.createDirectories(home.resolve(name));
      Path target = path(name, file);
      Files.deleteIfExists(target);
      Files.move(part, target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path path(String name, String file) {
    return home.resolve(name).resolve(file + ".parquet");
  }

  /** A newly started program. */
  JobContext context() {
    return TestRooms.context(
        home.resolve("lake"),
        TestRooms.upToViews(Definitions.load(home.resolve("conf"), home, new CanonicalSql())),
        () -> {
          throw new IllegalStateException("this test has no registry");
        });
  }

  JobResult ingest(String from, String to) {
    return TestRooms.line(context(), TestRooms.key("ingest", from, to), IngestSources::new);
  }

  /** Rows of a raw table as text, sorted. */
  List<String> rows(String table, String... columns) {
    JobContext context = context();
    Dataset<Row> rows = context.lake().read(context.lake().require(table, "ingest"));
    return rows.selectExpr(columns).collectAsList().stream()
        .map(Row::mkString)
        .sorted(Comparator.naturalOrder())
        .toList();
  }

  private void write(String file, String yaml) {
    try {
      Path path = home.resolve("conf").resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
