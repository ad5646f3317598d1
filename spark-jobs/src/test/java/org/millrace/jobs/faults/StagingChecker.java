package org.millrace.jobs.faults;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Sealed rows are those that were sealed, and as many as their manifest says. */
final class StagingChecker {
  private StagingChecker() {}

  static List<String> problems(Path lake) {
    List<String> problems = new ArrayList<>();
    for (Path object : Folders.in(lake.resolve("staging"))) {
      for (Path attempt : Folders.in(object)) {
        Path manifest = attempt.resolve("_manifest.json");
        if (Files.exists(manifest)) {
          check(attempt, Folders.json(manifest), problems);
        }
      }
    }

    return problems;
  }

  private static void check(Path attempt, JsonNode manifest, List<String> problems) {
    List<Path> files = Folders.files(attempt, 3, ".parquet");
    List<String> parts =
        files.stream()
            .map(file -> "/" + attempt.relativize(file) + ":" + Sha256.of(file))
            .sorted()
            .toList();
    if (!manifest.path("digest").asText().equals(Sha256.of(parts))) {
      problems.add("staging, " + attempt + ": the files are not those that were sealed");
    }

    long promised = 0;
    for (JsonNode day : manifest.path("rows")) {
      promised += day.path("accepted").asLong();
    }

    long rows = files.stream().mapToLong(file -> ParquetRows.read(file).size()).sum();
    if (rows != promised) {
      problems.add("staging, " + attempt + ": " + rows + " rows, the manifest has " + promised);
    }
  }
}
