package org.millrace.jobs.faults;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is told of aliases and verdicts is one story: rows are numbered without gaps, a move of the
 * gate was announced and follows a verdict that promotes, it starts where the row before ended, and
 * the registry names whom the rows name.
 */
final class AliasChecker {
  private static final Set<String> PROMOTING = Set.of("PASS", "BOOTSTRAP");

  private final Path home;
  private final List<String> problems = new ArrayList<>();

  private AliasChecker(Path home) {
    this.home = home;
  }

  /** What is wrong in a home with a lake and a directory as registry. */
  static List<String> problems(Path home) {
    AliasChecker checker = new AliasChecker(home);
    checker.byKey("aliases", "model", "alias").forEach(checker::checkMoves);
    checker.byKey("verdicts", "model").forEach(checker::checkNumbers);
    return checker.problems;
  }

  /** Rows by the words that name their series, in the order of their numbers. */
  private Map<String, List<Map<String, String>>> byKey(String table, String... words) {
    Map<String, List<Map<String, String>>> series = new TreeMap<>();
    Path directory = home.resolve("lake/warehouse/ops.db").resolve(table);
    if (DeltaFolder.isTable(directory)) {
      DeltaFolder folder = new DeltaFolder(directory);
      for (Map<String, String> row : folder.rows(folder.files())) {
        String key = String.join("@", List.of(words).stream().map(row::get).toList());
        series.computeIfAbsent(key, name -> new ArrayList<>()).add(row);
      }
    }

    series.values().forEach(rows -> rows.sort(Comparator.comparingLong(AliasChecker::number)));
    return series;
  }

  private static long number(Map<String, String> row) {
    return Long.parseLong(row.getOrDefault("number", "-1"));
  }

  private void checkNumbers(String key, List<Map<String, String>> rows) {
    for (int i = 0; i < rows.size(); i++) {
      if (number(rows.get(i)) != i + 1) {
        problems.add(key + ": row " + (i + 1) + " has number " + number(rows.get(i)));
      }
    }
  }

  private void checkMoves(String alias, List<Map<String, String>> rows) {
    checkNumbers(alias, rows);
    Optional<String> holder = Optional.empty();
    Set<String> open = new HashSet<>();
    for (Map<String, String> row : rows) {
      String move = row.get("from_version") + " to " + row.get("to_version") + " " + row.get("why");
      Optional<String> from = Optional.ofNullable(row.get("from_version"));
      switch (row.getOrDefault("kind", "")) {
        case "INTENDED" -> open.add(move);
        case "MOVED" -> {
          if (!open.remove(move)) {
            problems.add(alias + ": a move that was not announced: " + move);
          }
          if (!PROMOTING.contains(row.getOrDefault("verdict", ""))) {
            problems.add(alias + ": moved by " + row.get("verdict") + ": " + move);
          }
          if (!from.equals(holder)) {
            problems.add(alias + ": moved from " + from + ", which " + holder + " held: " + move);
          }
          holder = Optional.ofNullable(row.get("to_version"));
        }
        default -> holder = Optional.ofNullable(row.get("to_version"));
      }
    }

    checkRegistry(alias, holder, !open.isEmpty());
  }

  /** While a move is announced and not recorded, either may be so. */
  private void checkRegistry(String alias, Optional<String> holder, boolean isOpen) {
    String[] words = alias.split("@", 2);
    Path file = home.resolve("registry/models/%s/aliases/%s.json".formatted(words[0], words[1]));
    Optional<String> named =
        Files.isRegularFile(file)
            ? Optional.of(Folders.json(file)).map(JsonNode::asText)
            : Optional.empty();
    if (!isOpen && !named.equals(holder)) {
      problems.add(alias + ": the registry names " + named + ", the rows " + holder);
    }
  }
}
