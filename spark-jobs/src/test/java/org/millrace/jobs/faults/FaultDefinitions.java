package org.millrace.jobs.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A pipeline of one view and few rows, each day of which is done in moments. */
final class FaultDefinitions {
  private final Path home;
  private final Path inputs;

  FaultDefinitions(Path home, Path inputs) {
    this.home = home;
    this.inputs = inputs;
  }

  /**
   * Writes all files.
   *
   * @param typeOfN of a column of the view that no model needs
   * @param typeOfM of a column of the events that no view needs
   */
  void write(int addedToX, String typeOfN, String typeOfM) {
    write("millrace.yaml", "lake: lake\nday-zone: UTC\n");
    source(
        "events",
        "SELECT k, event_timestamp, known_at, x + %d AS x, CAST(7 AS %s) AS m, day"
            .formatted(addedToX, typeOfM));
    source("asked", "SELECT *");
    write(
        "features/e.yaml",
        """
        view: e
        description: V
        entity: {name: e, keys: {k: string}}
        reads: [raw.events]
        sql: SELECT k, event_timestamp, known_at, x, minute(event_timestamp) AS n FROM events
        features:
          x: {type: double, description: X}
          n: {type: %s, description: N}
        aggregates:
          a: {of: avg(x) over 12h, type: double, description: A}
          s: {of: sum(x) over 36h, type: double, description: S}
        validation: v.dqdl
        """
            .formatted(typeOfN));
    write("validation/v.dqdl", "Rules = [IsComplete \"known_at\"]\n");
    write(
        "spines/s.yaml",
        """
        spine: s
        description: S
        reads: [raw.asked]
        sql: SELECT id, k, as_of, day, y, t FROM asked
        id: [id]
        columns: [k]
        day: day
        label: y
        label-known-at: t
        """);
    model();
  }

  private void source(String name, String select) {
    write(
        "sources/" + name + ".yaml",
        """
        table: raw.%1$s
        description: D
        inputs: {%1$s: %2$s}
        sql: %3$s FROM %1$s
        day: day
        """
            .formatted(name, inputs.resolve(name), select));
  }

  private void model() {
    write(
        "training/late_flight.yaml",
        """
        model: late_flight
        spine: s
        views: [e]
        numeric: [e__a, e__s]
        days: {from: 2013-01-01, to: 2013-01-02}
        major-minor: "1.0"
        """);
    write(
        "gate/late_flight.yaml",
        "model: late_flight\ndays: {from: 2013-01-03, to: 2013-01-03}\nranges: {auc: {min: 0.0}}\n");
    write("scoring/late_flight.yaml", "model: late_flight\npredictions: predictions.m\n");
    write("monitoring/late_flight.yaml", "model: late_flight\n");
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
