package org.millrace.bench.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Lets contenders take turns: each is started and checked, then every round lets each of them work
 * once, so that what disturbs the machine disturbs all alike. The first one moves one place with
 * every round, so that nobody always follows the same neighbour. One that fails is left out from
 * then on, with its reason; the others go on.
 */
public final class Turns {
  private final int warmUps;
  private final int rounds;
  private final Consumer<String> progress;

  /**
   * @param warmUps untimed rounds first, at least 1
   * @param rounds timed rounds, at least 1
   * @param progress told what happens, a line at a time
   */
  public Turns(int warmUps, int rounds, Consumer<String> progress) {
    if (warmUps < 1 || rounds < 1) {
      throw new IllegalArgumentException(
          "Cannot measure %d rounds after %d warm-ups: both must be at least 1"
              .formatted(rounds, warmUps));
    }

    this.warmUps = warmUps;
    this.rounds = rounds;
    this.progress = progress;
  }

  /** Runs them all, in this order, and closes them. */
  public Outcome run(List<? extends Contestant> contestants) {
    Running running = new Running();
    try {
      for (Contestant contestant : contestants) {
        running.attempt(contestant, () -> running.start(contestant));
      }

      for (int round = 0; round < warmUps + rounds; round++) {
        for (int place = 0; place < contestants.size(); place++) {
          Contestant next = contestants.get((place + round) % contestants.size());
          boolean timed = round >= warmUps;
          running.attempt(next, () -> running.round(next, timed));
        }
      }
    } finally {
      contestants.forEach(Contestant::close);
    }

    return running.outcome();
  }

  /**
   * One round of each, the first that it ever does, checked after it: for those that take minutes.
   */
  public Outcome once(List<? extends Contestant> contestants) {
    Running running = new Running();
    for (Contestant contestant : contestants) {
      try {
        running.attempt(contestant, () -> running.roundFirst(contestant));
      } finally {
        contestant.close();
      }
    }

    return running.outcome();
  }

  /**
   * What came of it, by contender, in the order they were given.
   *
   * @param series of those that ran to the end
   * @param checks of the same
   * @param failures why the others did not
   * @param versions what contenders said they run on
   */
  public record Outcome(
      Map<String, Series> series,
      Map<String, Check> checks,
      Map<String, String> failures,
      Map<String, Map<String, String>> versions) {}

  private final class Running {
    private final Map<String, List<Round>> timed = new LinkedHashMap<>();
    private final Map<String, Check> checks = new LinkedHashMap<>();
    private final Map<String, String> failures = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> versions = new LinkedHashMap<>();

    void attempt(Contestant contestant, Runnable step) {
      String name = contestant.name();
      if (failures.containsKey(name)) {
        return;
      }

      try {
        step.run();
      } catch (ContenderFailedException e) {
        failures.put(name, String.valueOf(e.getMessage()));
        timed.remove(name);
        checks.remove(name);
        contestant.close(); // its memory is needed by the others
        progress.accept("  %-20s left out: %s".formatted(name, e.getMessage()));
      }
    }

    void roundFirst(Contestant contestant) {
      versions.put(contestant.name(), contestant.start());
      timed.put(contestant.name(), new ArrayList<>());
      round(contestant, true);
      check(contestant);
    }

    void start(Contestant contestant) {
      versions.put(contestant.name(), contestant.start());
      check(contestant);
      timed.put(contestant.name(), new ArrayList<>());
    }

    private void check(Contestant contestant) {
      Check check = contestant.check();
      checks.put(contestant.name(), check);
      progress.accept(
          "  %-20s ready; %,d check rows, sum %.6f"
              .formatted(contestant.name(), check.rows(), check.sum()));
    }

    void round(Contestant contestant, boolean counts) {
      Round round = contestant.round();
      if (counts) {
        timed.getOrDefault(contestant.name(), new ArrayList<>()).add(round);
      }

      progress.accept(
          "  %-20s %-7s %8.3f s  %8.3f Mrows/s  %7.3f CPU-s/Mrow"
              .formatted(
                  contestant.name(),
                  counts ? "round" : "warm-up",
                  round.seconds(),
                  round.millionRowsPerSecond(),
                  round.cpuSecondsPerMillionRows()));
    }

    Outcome outcome() {
      Map<String, Series> series = new LinkedHashMap<>();
      timed.forEach((name, rounds) -> series.put(name, new Series(rounds)));
      return new Outcome(series, checks, failures, versions);
    }
  }
}
