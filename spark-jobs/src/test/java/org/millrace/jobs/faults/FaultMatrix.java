package org.millrace.jobs.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.millrace.jobs.faults.FaultCell.Situation;
import org.millrace.jobs.faults.FaultCell.Way;

/**
 * {@code bin/chaos}: every fault point in every situation that reaches it, each as a process that
 * halts. Prints a table; exits with 1 if a cell went wrong.
 */
final class FaultMatrix {
  private static final List<String> INGEST =
      List.of(
          "AFTER_LEASE:ingest",
          "BEFORE_COMMIT:raw.events",
          "AFTER_COMMIT:raw.events",
          "BEFORE_LEDGER:raw.events",
          "AFTER_LEDGER:raw.events");
  private static final List<String> VIEWS =
      List.of(
          "AFTER_STAGING_WRITE:features.e",
          "AFTER_SEAL:features.e",
          "AFTER_LEASE:validate",
          "BEFORE_COMMIT:features.e",
          "AFTER_COMMIT:features.e",
          "BEFORE_LEDGER:features.e",
          "AFTER_LEDGER:features.e");
  private static final List<String> PREDICTIONS =
      List.of(
          "AFTER_STAGING_WRITE:predictions.m",
          "AFTER_SEAL:predictions.m",
          "AFTER_LEASE:publish",
          "BEFORE_COMMIT:predictions.m",
          "AFTER_COMMIT:predictions.m",
          "AFTER_VIEWS:predictions.m",
          "BEFORE_LEDGER:predictions.m",
          "AFTER_LEDGER:predictions.m");
  private static final List<String> MONITORING =
      List.of(
          "AFTER_COMMIT:monitoring.late_flight_quality",
          "BEFORE_LEDGER:monitoring.late_flight_quality");
  private static final List<String> GATE =
      List.of(
          "AFTER_LEASE:gate",
          "AFTER_COMMIT:ops.verdicts",
          "AFTER_COMMIT:ops.aliases",
          "BEFORE_ALIAS",
          "AFTER_ALIAS",
          "AFTER_COMMIT:ops.aliases#2",
          "BEFORE_LEDGER",
          "AFTER_LEDGER");
  private static final List<String> TRAINING_SET =
      List.of(
          "AFTER_STAGING_WRITE:training.late_flight",
          "BEFORE_COMMIT:training.late_flight",
          "AFTER_COMMIT:training.late_flight",
          "BEFORE_LEDGER:training.late_flight",
          "AFTER_LEDGER:training.late_flight");

  private static final List<String> UNPUBLISH =
      List.of(
          "AFTER_LEASE:unpublish",
          "BEFORE_COMMIT:predictions.m",
          "AFTER_COMMIT:predictions.m",
          "AFTER_VIEWS:predictions.m",
          "BEFORE_LEDGER:predictions.m",
          "AFTER_LEDGER:predictions.m");

  private static final Map<Situation, List<List<String>>> POINTS =
      Map.ofEntries(
          Map.entry(Situation.FIRST_RUN, List.of(INGEST, VIEWS, PREDICTIONS, MONITORING)),
          Map.entry(Situation.TWICE, List.of(INGEST, VIEWS, PREDICTIONS)),
          Map.entry(Situation.TAKEN_BACK, List.of(INGEST, VIEWS, PREDICTIONS)),
          Map.entry(Situation.TWO_AT_ONCE, List.of(INGEST, VIEWS, PREDICTIONS)),
          Map.entry(Situation.RETYPE, List.of(VIEWS)),
          Map.entry(Situation.RETYPE_SOURCE, List.of(INGEST)),
          Map.entry(Situation.BACKFILL, List.of(PREDICTIONS)),
          Map.entry(Situation.UNPUBLISH, List.of(UNPUBLISH)),
          Map.entry(Situation.GATE, List.of(GATE)),
          Map.entry(Situation.TRAINING_SET, List.of(TRAINING_SET)),
          Map.entry(Situation.CATCH_UP, List.of(VIEWS, PREDICTIONS)),
          Map.entry(Situation.RESTATE, List.of(VIEWS, PREDICTIONS)));

  private FaultMatrix() {}

  /**
   * {@code FaultMatrix [error] [SITUATION...]}: with the word, errors in place of processes that
   * halt; without a situation, all of them.
   */
  public static void main(String[] arguments) throws IOException {
    List<String> words = List.of(arguments);
    Way way = words.contains("error") ? Way.ERROR : Way.HALT;
    List<Situation> asked =
        words.stream().filter(word -> !word.equals("error")).map(Situation::valueOf).toList();
    Path root = Files.createTempDirectory("millrace-chaos");
    FaultBase base = new FaultBase(root);
    List<String> wrong = new ArrayList<>();
    int tried = 0;
    for (Situation situation : asked.isEmpty() ? List.of(Situation.values()) : asked) {
      for (String point : points(situation)) {
        tried++;
        List<String> problems = new FaultCell(situation, point, way).problems(base);
        System.out.printf(
            "%-14s %-48s %s%n",
            situation,
            point,
            problems.isEmpty() ? "whole" : "WRONG: " + String.join("; ", problems));
        wrong.addAll(problems.isEmpty() ? List.of() : List.of(situation + " " + point));
      }
    }

    System.out.printf("%d cells, %d wrong %s; lakes in %s%n", tried, wrong.size(), wrong, root);
    Runtime.getRuntime().halt(wrong.isEmpty() ? 0 : 1);
  }

  /**
   * Each point of each room once, in one of the situations that reach it, such that all situations
   * have their turn. Without what costs a process each: pipelines, and points after a lease.
   */
  static List<FaultCell> sample() {
    Map<List<String>, List<Situation>> reached = new LinkedHashMap<>();
    for (Situation situation : Situation.values()) {
      if (!situation.isOfAPipeline()) {
        points(situation).stream()
            .filter(point -> !point.startsWith("AFTER_LEASE"))
            .forEach(
                point ->
                    reached
                        .computeIfAbsent(
                            List.of(commits(situation, point), point), of -> new ArrayList<>())
                        .add(situation));
      }
    }

    Map<Situation, Integer> used = new EnumMap<>(Situation.class);
    List<FaultCell> cells = new ArrayList<>();
    reached.forEach(
        (key, situations) -> {
          Situation least =
              situations.stream()
                  .min(Comparator.comparingInt(of -> used.getOrDefault(of, 0)))
                  .orElseThrow();
          used.merge(least, 1, Integer::sum);
          cells.add(new FaultCell(least, key.get(1), Way.ERROR));
        });
    return cells;
  }

  /** A commit of UNPUBLISH is another than one of PUBLISH, and one that rewrites a table, too. */
  private static String commits(Situation situation, String point) {
    return switch (situation) {
      case UNPUBLISH -> situation.name();
      case RETYPE, RETYPE_SOURCE -> point.contains("_COMMIT:") ? situation.name() : "";
      default -> "";
    };
  }

  private static List<String> points(Situation situation) {
    return POINTS.getOrDefault(situation, List.of()).stream()
        .flatMap(List::stream)
        .filter(point -> situation != Situation.TWICE || !isDurable(point))
        .filter(point -> !situation.isOfAPipeline() || !point.startsWith("AFTER_LEASE"))
        .toList();
  }

  /** What is done by then is not done again: the same command does not come to the point twice. */
  private static boolean isDurable(String point) {
    return point.startsWith("AFTER_SEAL") || point.startsWith("AFTER_LEDGER");
  }
}
