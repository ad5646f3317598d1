package org.millrace.jobs.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A Delta table as its files say it, read without Delta: every JSON file of the log from version 0
 * on. Lakes of tests are too young to have lost one.
 */
final class DeltaFolder {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final JsonNode NONE = MAPPER.createObjectNode();

  private final Path directory;
  private final TreeMap<Long, Commit> commits = new TreeMap<>();

  /**
   * A data file.
   *
   * @param partition value of the one partition column; empty for none
   * @param version commit that added it
   * @param rows as the log counts them; -1 if it does not
   */
  record DataFile(Path path, String partition, long version, long rows) {}

  /**
   * A commit.
   *
   * @param note {@code userMetadata}; empty if it is no JSON object
   * @param fences fencing numbers by id
   * @param added paths of files, with their partition
   * @param removed paths of files, with their partition
   */
  record Commit(
      long version,
      Optional<JsonNode> note,
      Map<String, Long> fences,
      Map<String, DataFile> added,
      Map<String, String> removed) {
    boolean touches(String partition) {
      return removed.containsValue(partition)
          || added.values().stream().anyMatch(file -> file.partition().equals(partition));
    }

    /** Whether it only wrote again what a version made of a partition. */
    boolean isRewritten(String partition, long maker) {
      return of(partition)
          .filter(made -> made.has("rewritten_from"))
          .filter(made -> made.get("rewritten_from").asLong() == maker)
          .isPresent();
    }

    /** A number for each partition that it makes; one of the whole table if it rewrites others. */
    int fencesDue() {
      int made = 0;
      int rewritten = 0;
      for (JsonNode partition : note.map(json -> json.path("partitions")).orElse(NONE)) {
        if (partition.has("rewritten_from")) {
          rewritten = 1;
        } else {
          made++;
        }
      }

      return made + rewritten;
    }

    /** What the note says of a partition. */
    Optional<JsonNode> of(String partition) {
      return note.map(json -> json.path("partitions").path(partition))
          .filter(json -> !json.isMissingNode());
    }
  }

  DeltaFolder(Path directory) {
    this.directory = directory;
    try (Stream<Path> files = Files.list(directory.resolve("_delta_log"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".json")).toList()) {
        long version = Long.parseLong(file.getFileName().toString().replace(".json", ""));
        commits.put(version, read(file, version));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static boolean isTable(Path directory) {
    return Files.isDirectory(directory.resolve("_delta_log"));
  }

  List<Commit> commits() {
    return List.copyOf(commits.values());
  }

  long newest() {
    return commits.lastKey();
  }

  boolean hasVersion(long version) {
    return commits.containsKey(version);
  }

  Commit commit(long version) {
    return commits.getOrDefault(
        version, new Commit(version, Optional.empty(), Map.of(), Map.of(), Map.of()));
  }

  /** Files of the newest version. */
  List<DataFile> files() {
    return files(newest());
  }

  /** Files of a version. */
  List<DataFile> files(long version) {
    Map<String, DataFile> active = new LinkedHashMap<>();
    for (Commit commit : commits.headMap(version, true).values()) {
      commit.removed().keySet().forEach(active::remove);
      active.putAll(commit.added());
    }

    return List.copyOf(active.values());
  }

  /** The newest commit that added or removed files of a partition, or says that it made it. */
  Optional<Commit> newestOf(String partition) {
    return commits.descendingMap().values().stream()
        .filter(commit -> commit.touches(partition) || commit.of(partition).isPresent())
        .findFirst();
  }

  /** Rows of some files, with their partition. */
  List<Map<String, String>> rows(List<DataFile> files) {
    List<Map<String, String>> rows = new ArrayList<>();
    for (DataFile file : files) {
      rows.addAll(ParquetRows.read(file.path()));
    }

    return rows;
  }

  private Commit read(Path file, long version) throws IOException {
    Optional<JsonNode> note = Optional.empty();
    Map<String, Long> fences = new TreeMap<>();
    Map<String, DataFile> added = new LinkedHashMap<>();
    Map<String, String> removed = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file)) {
      JsonNode action = MAPPER.readTree(line);
      if (action.has("commitInfo")) {
        note = note(action.get("commitInfo").path("userMetadata").asText());
      } else if (action.has("txn")) {
        fences.put(
            action.get("txn").get("appId").asText(), action.get("txn").get("version").asLong());
      } else if (action.has("add")) {
        JsonNode add = action.get("add");
        added.put(add.get("path").asText(), dataFile(add, version));
      } else if (action.has("remove")) {
        JsonNode remove = action.get("remove");
        removed.put(remove.get("path").asText(), partition(remove));
      }
    }

    return new Commit(version, note, fences, added, removed);
  }

  private DataFile dataFile(JsonNode add, long version) throws IOException {
    String path = URLDecoder.decode(add.get("path").asText(), StandardCharsets.UTF_8);
    JsonNode stats = MAPPER.readTree(add.path("stats").asText("{}"));
    return new DataFile(
        directory.resolve(path), partition(add), version, stats.path("numRecords").asLong(-1));
  }

  private static String partition(JsonNode action) {
    JsonNode values = action.path("partitionValues");
    return values.isEmpty() ? "" : values.elements().next().asText();
  }

  private static Optional<JsonNode> note(String text) throws IOException {
    return text.startsWith("{") ? Optional.of(MAPPER.readTree(text)) : Optional.empty();
  }
}
