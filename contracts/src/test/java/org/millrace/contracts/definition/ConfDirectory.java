package org.millrace.contracts.definition;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small {@code conf/} whose files a test replaces one by one. */
final class ConfDirectory {
  private final Path home;

  ConfDirectory(Path home) {
    this.home = home;
    write("millrace.yaml", "lake: lake\n");
    write(
        "sources/a.yaml", "table: raw.a\ndescription: A\ninputs: {a: a.parquet}\nsql: SELECT 1\n");
    write(
        "features/v.yaml",
        """
        view: v
        description: V
        entity: {name: e, keys: {k: string}}
        reads: [raw.a]
        sql: SELECT 1
        features:
          x: {type: double, description: X}
        validation: v.dqdl
        """);
    write("validation/v.dqdl", "Rules = [RowCount > 0]\n");
    write(
        "spines/s.yaml",
        """
        spine: s
        description: S
        reads: [raw.a]
        sql: SELECT 1
        id: [i]
        columns: [k]
        day: d
        label: y
        label-known-at: t
        """);
    training("v__x");
    write(
        "gate/m.yaml",
        "model: m\ndays: {from: 2013-02-01, to: 2013-02-28}\nranges: {auc: {min: 0.5}}\n");
    write("scoring/m.yaml", "model: m\npredictions: predictions.m\n");
    write("monitoring/m.yaml", "model: m\n");
  }

  /** Replaces the model by one with this input alone. */
  void training(String input) {
    write(
        "training/m.yaml",
        """
        model: m
        spine: s
        views: [v]
        numeric: [%s]
        days: {from: 2013-01-01, to: 2013-01-31}
        major-minor: "1.0"
        """
            .formatted(input));
  }

  void write(String file, String yaml) {
    try {
      Path path = home.resolve("conf").resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Definitions load() {
    return Definitions.load(home.resolve("conf"), home, SqlForm.AS_WRITTEN);
  }
}
