package org.millrace.jobs.score.onnx;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.summingLong;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a scoring did, told by its tasks.
 *
 * <p>Exact once the scored dataset has been read to its end: retried and speculative tasks count
 * once, and of several readings (two actions, a sort that samples first) the fullest one is told
 * and not their sum. After a partial reading, such as {@code limit}, it tells what that reading
 * scored.
 *
 * @param rows scored
 * @param batches handed to ONNX Runtime
 * @param nullInputs null or NaN values by feature column; columns without any are absent
 * @param sessions native sessions that the tasks used; as many as {@code executors} where each JVM
 *     has one, none where trees alone score
 * @param executors JVMs that scored, as executor id and process id
 * @param engines that scored: {@code onnxruntime on CPU}, {@code trees:vector}, or {@code
 *     onnxruntime on CPU then trees:vector}
 */
public record ScoringCounts(
    long rows,
    long batches,
    Map<String, Long> nullInputs,
    Set<String> sessions,
    Set<String> executors,
    Set<String> engines) {

  /** Copies the collections, order kept. */
  public ScoringCounts {
    nullInputs = Collections.unmodifiableMap(new LinkedHashMap<>(nullInputs));
    sessions = Collections.unmodifiableSet(new TreeSet<>(sessions));
    executors = Collections.unmodifiableSet(new TreeSet<>(executors));
    engines = Collections.unmodifiableSet(new TreeSet<>(engines));
  }

  static ScoringCounts of(List<TaskTally> tallies, List<String> columns) {
    Map<Integer, Long> rowsByStage =
        tallies.stream().collect(groupingBy(tally -> tally.stage, summingLong(t -> t.rows)));
    int fullest =
        rowsByStage.entrySet().stream()
            .max(Map.Entry.comparingByValue())
            .map(Map.Entry::getKey)
            .orElse(-1);
    List<TaskTally> tasks = tallies.stream().filter(tally -> tally.stage == fullest).toList();
    Map<String, Long> nulls = new LinkedHashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      int column = i;
      long count = tasks.stream().mapToLong(task -> task.nulls[column]).sum();
      if (count > 0) {
        nulls.put(columns.get(i), count); // a column of two inputs counts once
      }
    }

    Set<String> sessions = new TreeSet<>();
    Set<String> executors = new TreeSet<>();
    Set<String> engines = new TreeSet<>();
    tasks.stream()
        .map(task -> task.session)
        .filter(session -> !session.isEmpty())
        .forEach(sessions::add);
    tasks.forEach(task -> executors.add(task.executor));
    tasks.forEach(task -> engines.add(task.engine));
    return new ScoringCounts(
        tasks.stream().mapToLong(task -> task.rows).sum(),
        tasks.stream().mapToLong(task -> task.batches).sum(),
        nulls,
        sessions,
        executors,
        engines);
  }

  /** Named counts for a job's result line. */
  public Map<String, Long> asMap() {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("rows", rows);
    counts.put("batches", batches);
    counts.put("null_inputs", nullInputs.values().stream().mapToLong(Long::longValue).sum());
    counts.put("sessions", (long) sessions.size());
    counts.put("executors", (long) executors.size());
    return counts;
  }
}
