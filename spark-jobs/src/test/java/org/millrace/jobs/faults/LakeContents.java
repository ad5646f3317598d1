package org.millrace.jobs.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The rows of a lake's tables as sorted text, without what differs from run to run. */
final class LakeContents {
  private static final Set<String> OF_THE_RUN =
      Set.of("run_key", "scored_at", "judged_at", "superseded_at", "publication");

  private LakeContents() {}

  /** Rows by table; of predictions those in force. */
  static Map<String, List<String>> of(Path lake) {
    Map<String, List<String>> contents = new TreeMap<>();
    for (String database : List.of("raw", "features", "predictions", "training", "monitoring")) {
      Path directory = lake.resolve("warehouse/" + database + ".db");
      if (Files.isDirectory(directory)) {
        try (Stream<Path> tables = Files.list(directory)) {
          tables
              .filter(DeltaFolder::isTable)
              .forEach(table -> contents.put(database + "." + table.getFileName(), rows(table)));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }

    return contents;
  }

  private static List<String> rows(Path directory) {
    DeltaFolder table = new DeltaFolder(directory);
    return table.files().stream()
        .flatMap(
            file ->
                ParquetRows.read(file.path()).stream()
                    .filter(row -> !row.containsKey("superseded_at"))
                    .map(row -> file.partition() + " " + withoutRun(row)))
        .sorted()
        .toList();
  }

  private static Map<String, String> withoutRun(Map<String, String> row) {
    Map<String, String> kept = new TreeMap<>(row);
    kept.keySet().removeAll(OF_THE_RUN);
    return kept;
  }
}
