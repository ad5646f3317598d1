package org.millrace.jobs.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The definitions of a pipeline whose rooms before the gate never run. */
final class GateDefinitions {
  GateDefinitions(Path home) {
    write(home, "millrace.yaml", "lake: lake\n");
    write(
        home,
        "sources/asked.yaml",
        "table: raw.asked\ndescription: A\ninputs: {asked: asked}\nsql: SELECT * FROM asked\n");
    write(
        home,
        "features/v.yaml",
        """
        view: v
        description: V
        entity: {name: e, keys: {k: string}}
        reads: [raw.asked]
        sql: SELECT 1
        features:
          f: {type: double, description: F}
        validation: v.dqdl
        """);
    write(home, "validation/v.dqdl", "Rules = [RowCount > 0]\n");
    write(
        home,
        "spines/s.yaml",
        """
        spine: s
        description: S
        reads: [raw.asked]
        sql: SELECT 1
        id: [i]
        columns: [k, x, noise]
        day: d
        label: y
        label-known-at: t
        """);
    write(
        home,
        "training/late_flight.yaml",
        """
        model: late_flight
        spine: s
        views: [v]
        numeric: [x, noise]
        days: {from: 2013-01-01, to: 2013-01-10}
        major-minor: "1.0"
        trees: {count: 2, depth: 2, step-size: 0.2, subsample: 1.0, bins: 16, seed: 42}
        baseline: {iterations: 5, regularization: 0.001}
        """);
    write(
        home,
        "scoring/late_flight.yaml",
        "model: late_flight\npredictions: predictions.late_flight\n");
    write(home, "monitoring/late_flight.yaml", "model: late_flight\n");
  }

  static void write(Path home, String file, String yaml) {
    try {
      Path path = home.resolve("conf").resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
