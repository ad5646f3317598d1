package org.millrace.jobs.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.millrace.jobs.faults.DeltaFolder.Commit;
import org.millrace.jobs.faults.DeltaFolder.DataFile;

/**
 * Says what is wrong with a lake, from its files alone: it reads JSON and Parquet, and shares no
 * code with what wrote them.
 *
 * <p>Proved of each published table: a partition is the whole output of one commit, which names its
 * run and carries its fencing numbers; it has as many rows as the commit's note and the ledger say;
 * keys in force are unique; what the ledger names exists. Of the staging area: what is sealed has
 * the files that were sealed. Of leases: no two that are held overlap. Of verdicts and aliases:
 * their rows and the registry tell one story. Of predictions: the version that gave them is in the
 * registry.
 */
final class LakeChecker {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final List<String> PUBLISHED =
      List.of("raw.db", "features.db", "predictions.db", "monitoring.db", "training.db");

  private final Path lake;
  private final Map<String, List<String>> keys;
  private final List<String> problems = new ArrayList<>();
  private final List<String> unfinished = new ArrayList<>();
  private final Map<String, DeltaFolder> tables = new TreeMap<>();

  /**
   * What was found.
   *
   * @param problems what must never be
   * @param unfinished commits that the ledger does not know: a program ended between the two, and
   *     the same command does the partition again
   */
  record Found(List<String> problems, List<String> unfinished) {}

  /**
   * Prepares to check a lake.
   *
   * @param keys columns that are unique, by table; among predictions, of those in force
   */
  LakeChecker(Path lake, Map<String, List<String>> keys) {
    this.lake = lake;
    this.keys = keys;
  }

  /** Checks everything. */
  Found check() {
    findTables();
    Map<String, Map<String, String>> entries = ledger();
    tables.forEach((name, table) -> checkTable(name, table, entries));
    entries.values().forEach(this::checkNamedVersions);
    problems.addAll(StagingChecker.problems(lake));
    problems.addAll(LeaseChecker.problems(lake));
    problems.addAll(AliasChecker.problems(lake.resolveSibling("")));
    tables.forEach(this::checkModels);
    return new Found(List.copyOf(problems), List.copyOf(unfinished));
  }

  private void findTables() {
    for (String database : PUBLISHED) {
      for (Path directory : Folders.in(lake.resolve("warehouse").resolve(database))) {
        if (DeltaFolder.isTable(directory)) {
          tables.put(
              database.replace(".db", ".") + directory.getFileName(), new DeltaFolder(directory));
        }
      }
    }
  }

  /** The newest entry by {@code object partition}. */
  private Map<String, Map<String, String>> ledger() {
    Path directory = lake.resolve("warehouse/ops.db/ledger");
    Map<String, Map<String, String>> newest = new TreeMap<>();
    if (DeltaFolder.isTable(directory)) {
      DeltaFolder table = new DeltaFolder(directory);
      table.rows(table.files()).stream()
          .sorted(Comparator.comparingLong(LakeChecker::sequence))
          .forEach(row -> newest.put(row.get("object") + " " + row.get("partition"), row));
    }

    return newest;
  }

  private static long sequence(Map<String, String> entry) {
    return Long.parseLong(entry.getOrDefault("sequence", "-1"));
  }

  private void checkTable(
      String name, DeltaFolder table, Map<String, Map<String, String>> entries) {
    checkFences(name, table);
    boolean isWhole = name.startsWith("training.");
    Map<String, List<DataFile>> partitions =
        table.files().stream()
            .collect(Collectors.groupingBy(file -> isWhole ? "whole" : file.partition()));
    for (Commit commit : table.commits()) {
      commit
          .note()
          .ifPresent(
              note ->
                  note.path("partitions")
                      .fieldNames()
                      .forEachRemaining(day -> partitions.putIfAbsent(day, List.of())));
    }

    partitions.forEach(
        (partition, files) ->
            checkPartition(
                name,
                partition,
                table,
                files,
                Optional.ofNullable(entries.get(entry(name, partition)))));
  }

  private static String entry(String table, String partition) {
    // both tables of monitoring are written under the entry of one
    return table.replace("_drift", "_quality") + " " + partition;
  }

  private void checkPartition(
      String name,
      String partition,
      DeltaFolder table,
      List<DataFile> files,
      Optional<Map<String, String>> entry) {
    String what = name + " of " + partition + ": ";
    List<Map<String, String>> rows = table.rows(files);
    List<Long> versions = files.stream().map(DataFile::version).distinct().toList();
    if (versions.size() > 1) {
      problems.add(what + "files of several commits: " + versions);
    }

    long counted = files.stream().mapToLong(DataFile::rows).sum();
    if (counted != rows.size()) {
      problems.add(what + rows.size() + " rows in the files, the log counts " + counted);
    }

    checkKeys(what, name, rows);
    Optional<Commit> newest =
        partition.equals("whole") ? newestWithData(table) : table.newestOf(partition);
    Optional<JsonNode> made = newest.flatMap(commit -> commit.of(partition));
    if (made.isEmpty() && !name.endsWith("_drift")) { // told by the commit of its quality
      problems.add(what + "the newest commit on it has no note of making it");
    }

    made.ifPresent(
        note -> checkCount(what, name, note.path("rows").path("accepted").asLong(), rows));

    newest.ifPresent(commit -> checkRun(what, commit, rows));
    if (!name.endsWith("_drift")) {
      newest.ifPresent(commit -> checkEntry(what, table, commit, partition, rows.size(), entry));
    }
  }

  private void checkCount(
      String what, String table, long promised, List<Map<String, String>> rows) {
    // the notes of monitoring count the predictions that were judged
    if (!table.startsWith("monitoring.") && promised != inForce(table, rows)) {
      problems.add(
          what + inForce(table, rows) + " rows are in force, the commit notes " + promised);
    }
  }

  private static Optional<Commit> newestWithData(DeltaFolder table) {
    return table.commits().stream()
        .filter(commit -> !commit.added().isEmpty() || !commit.removed().isEmpty())
        .reduce((earlier, later) -> later);
  }

  /** Predictions carry their run in each row: all rows in force are of one. */
  private void checkRun(String what, Commit commit, List<Map<String, String>> rows) {
    List<String> runs =
        rows.stream()
            .filter(row -> row.containsKey("model_version") && row.containsKey("fingerprint"))
            .filter(row -> !row.containsKey("superseded_at"))
            .map(row -> row.get("model_version") + " " + row.get("fingerprint"))
            .distinct()
            .toList();
    if (runs.size() > 1) {
      problems.add(what + "rows in force of several runs: " + runs);
    }

    String day = what.substring(what.indexOf(" of ") + 4, what.length() - 2);
    String fingerprint = commit.of(day).map(made -> made.path("fingerprint").asText()).orElse("");
    if (runs.size() == 1 && !runs.get(0).endsWith(" " + fingerprint)) {
      problems.add(what + "rows of " + runs + ", the commit notes " + fingerprint);
    }
  }

  private void checkEntry(
      String what,
      DeltaFolder table,
      Commit commit,
      String partition,
      int rows,
      Optional<Map<String, String>> entry) {
    String fingerprint =
        commit.of(partition).map(made -> made.path("fingerprint").asText()).orElse("");
    long named =
        entry.map(row -> Long.parseLong(row.getOrDefault("output_version", "-1"))).orElse(-1L);
    boolean isRewritten = commit.isRewritten(partition, named);
    if (named < commit.version() && !isRewritten) {
      unfinished.add(what + "v" + commit.version() + " is not in the ledger, which has v" + named);
      return;
    }

    if (named > commit.version()) {
      problems.add(
          what + "the ledger has v" + named + ", its newest commit is v" + commit.version());
      return;
    }

    Map<String, String> row = entry.orElseThrow();
    if (isRewritten) {
      checkRewritten(what, table, partition, named);
    }

    if (!row.getOrDefault("fingerprint", "").equals(fingerprint)) {
      problems.add(what + "the ledger's fingerprint is not that of v" + commit.version());
    }

    if (Long.parseLong(row.getOrDefault("output_rows", "-1")) != rows) {
      problems.add(what + rows + " rows, the ledger has " + row.get("output_rows"));
    }
  }

  /** Rows that were written again say the same as those of the version that made them. */
  private void checkRewritten(String what, DeltaFolder table, String partition, long maker) {
    List<String> made = texts(table, table.files(maker), partition);
    if (!texts(table, table.files(), partition).equals(made)) {
      problems.add(what + "its rows are not those of v" + maker + ", as the commit notes");
    }
  }

  private static List<String> texts(DeltaFolder table, List<DataFile> files, String partition) {
    List<DataFile> own = files.stream().filter(file -> file.partition().equals(partition)).toList();
    return table.rows(own).stream().map(row -> new TreeMap<>(row).toString()).sorted().toList();
  }

  private void checkModels(String name, DeltaFolder table) {
    if (!name.startsWith("predictions.")) {
      return;
    }

    table.rows(table.files()).stream()
        .map(row -> row.get("model_name") + "/versions/" + row.get("model_version"))
        .distinct()
        .filter(version -> !Files.exists(lake.resolveSibling("registry/models").resolve(version)))
        .forEach(version -> problems.add(name + ": the registry has no " + version));
  }

  private static long inForce(String table, List<Map<String, String>> rows) {
    return table.startsWith("predictions.")
        ? rows.stream().filter(row -> !row.containsKey("superseded_at")).count()
        : rows.size();
  }

  private void checkKeys(String what, String table, List<Map<String, String>> rows) {
    List<String> columns = keys.getOrDefault(table, List.of());
    if (columns.isEmpty()) {
      return;
    }

    Map<String, Integer> seen = new HashMap<>();
    for (Map<String, String> row : rows) {
      if (!row.containsKey("superseded_at")) {
        seen.merge(columns.stream().map(row::get).toList().toString(), 1, Integer::sum);
      }
    }

    long doubled = seen.values().stream().filter(count -> count > 1).count();
    if (doubled > 0) {
      problems.add(what + doubled + " keys of " + columns + " are there more than once");
    }
  }

  /** A commit that makes partitions carries a number for each, never a smaller one than before. */
  private void checkFences(String name, DeltaFolder table) {
    Map<String, Long> highest = new HashMap<>();
    for (Commit commit : table.commits()) {
      boolean hasData = !commit.added().isEmpty() || !commit.removed().isEmpty();
      long made = commit.fencesDue();
      if (hasData && commit.fences().size() < made) {
        problems.add(
            name
                + " v"
                + commit.version()
                + ": "
                + made
                + " are due, "
                + commit.fences().size()
                + " fencing numbers");
      }

      commit
          .fences()
          .forEach(
              (id, number) -> {
                if (highest.getOrDefault(id, -1L) > number) {
                  problems.add(
                      name + " v" + commit.version() + ": " + id + " went back to " + number);
                }

                highest.put(id, number);
              });
    }
  }

  private void checkNamedVersions(Map<String, String> entry) {
    Map<String, Long> named = new LinkedHashMap<>();
    try {
      MAPPER
          .readTree(entry.getOrDefault("input_versions", "{}"))
          .fields()
          .forEachRemaining(input -> named.put(input.getKey(), input.getValue().asLong()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    String object = entry.getOrDefault("object", "");
    if (tables.containsKey(object)) {
      named.put(object, Long.parseLong(entry.getOrDefault("output_version", "-1")));
    }

    named.forEach(
        (table, version) -> {
          DeltaFolder folder = tables.get(table);
          if (version >= 0 && (folder == null || !folder.hasVersion(version))) {
            problems.add(
                "ledger, "
                    + entry.get("object")
                    + " of "
                    + entry.get("partition")
                    + ": there is no "
                    + table
                    + " v"
                    + version);
          }
        });
  }
}
