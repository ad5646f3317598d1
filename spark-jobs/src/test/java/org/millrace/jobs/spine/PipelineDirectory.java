package org.millrace.jobs.spine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.definition.Definitions;
import org.millrace.features.sql.CanonicalSql;

/** A small pipeline: events that are aggregated in windows, facts that are looked up. */
public final class PipelineDirectory {
  private final Path home;

  /** Writes the definitions. */
  public PipelineDirectory(Path home) {
    this.home = home;
    write("millrace.yaml", "lake: lake\nday-zone: America/New_York\n");
    source("events");
    source("asked");
    view(
        "e",
        "SELECT k, event_timestamp, known_at, x, n FROM events",
        """
        features:
          x: {type: double, description: X}
          n: {type: int, description: N}
        aggregates:
          c: {of: count() over 23h, type: bigint, description: C}
          dst: {of: count() over 1410m, type: bigint, description: C}
          s: {of: sum(x) over 36h, type: double, description: S}
          a: {of: avg(n) over 2d where x > 0, type: double, description: A}
          d: {of: stddev(x) over 36h, type: double, description: D}
          m: {of: max(n) over 90m, type: int, description: M}
          u: {of: count_distinct(n) over 2d, type: bigint, description: U}
          q: {of: 'quantile(x, 0.9) over 2d', type: double, description: Q}
          l: {of: 'last(x, 3) over 2d', type: array<double>, description: L}
        """);
    view(
        "f",
        "SELECT k, event_timestamp, known_at, max(x) AS x, n FROM events GROUP BY ALL",
        "features:\n  x: {type: double, description: X}\n  n: {type: int, description: N}\nttl: P1D\ntie: n\n");
    write("validation/v.dqdl", "Rules = [IsComplete \"known_at\"]\n");
    spine("SELECT id, k, as_of, day, y, t FROM asked");
    training("2013-03-09");
    write(
        "gate/late_flight.yaml",
        "model: late_flight\ndays: {from: 2013-03-12, to: 2013-03-13}\nranges: {auc: {min: 0.5}}\n");
    write("scoring/late_flight.yaml", "model: late_flight\npredictions: predictions.m\n");
    write("monitoring/late_flight.yaml", "model: late_flight\n");
  }

  /** Writes or replaces the spine. */
  void spine(String sql) {
    write(
        "spines/s.yaml",
        """
        spine: s
        description: S
        reads: [raw.asked]
        sql: %s
        id: [id]
        columns: [k]
        day: day
        label: y
        label-known-at: t
        """
            .formatted(sql));
  }

  /** Writes or replaces the training's definition, from this day. */
  void training(String from) {
    write(
        "training/late_flight.yaml",
        """
        model: late_flight
        spine: s
        views: [e, f]
        numeric: [e__c, e__s, f__x]
        days: {from: %s, to: 2013-03-11}
        major-minor: "1.0"
        """
            .formatted(from));
  }

  private void source(String name) {
    write(
        "sources/" + name + ".yaml",
        """
        table: raw.%1$s
        description: D
        inputs: {%1$s: %1$s}
        sql: SELECT * FROM %1$s
        day: day
        empty-days: allow
        """
            .formatted(name));
  }

  /** Writes or replaces a view; the body is what comes after the common keys. */
  public void view(String name, String sql, String body) {
    write(
        "features/" + name + ".yaml",
        """
        view: %s
        description: V
        entity: {name: e, keys: {k: string}}
        reads: [raw.events]
        sql: %s
        validation: v.dqdl
        empty-days: allow
        """
                .formatted(name, sql)
            + body);
  }

  /** Writes the input of a source, as a directory of files. */
  public void input(String name, Dataset<Row> rows) {
    rows.repartition(2).write().parquet(home.resolve(name).toString());
  }

  /** All definitions, read anew. */
  public Definitions definitions() {
    return Definitions.load(home.resolve("conf"), home, new CanonicalSql());
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
