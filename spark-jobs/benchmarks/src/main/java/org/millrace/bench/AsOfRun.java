package org.millrace.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.millrace.bench.AsOfContender.Pace;
import org.millrace.bench.report.Figures;
import org.millrace.bench.report.Figures.Agreement;
import org.millrace.bench.report.Ratio;
import org.millrace.bench.report.Report;
import org.millrace.bench.run.Check;
import org.millrace.bench.run.Contestant;
import org.millrace.bench.run.Series;
import org.millrace.bench.run.Turns;

/** One workload of joins with its contenders, from tables to report. Driver only; used once. */
final class AsOfRun {
  // of sums over all rows: engines add up in another order each, nothing else may differ
  private static final double TOLERANCE = 1e-10;

  private static final int SLOW_ROUNDS = 2;
  private static final int FIRST_ROUNDS = 3;

  private final Stage stage;
  private final JoinWorkload workload;
  private final List<AsOfContender> contenders;
  private final long rows;
  private final Map<String, Series> series = new LinkedHashMap<>();
  private final Map<String, Check> checks = new LinkedHashMap<>();
  private final Map<String, String> absent = new LinkedHashMap<>();

  /**
   * @param contenders us first
   */
  AsOfRun(Stage stage, JoinWorkload workload, List<AsOfContender> contenders) {
    this.stage = stage;
    this.workload = workload;
    this.contenders = contenders;
    this.rows = stage.knobs().rows.orElse(workload.rows());
  }

  Report run() throws IOException {
    stage.say("");
    stage.say("Workload " + workload.word());
    AsOfContenders made = new AsOfContenders(stage, workload.word(), rows);
    Map<Pace, List<Contestant>> byPace = new LinkedHashMap<>();
    for (AsOfContender contender : contenders) {
      Optional<Contestant> contestant = made.of(contender);
      contestant.ifPresentOrElse(
          one -> byPace.computeIfAbsent(contender.pace(), none -> new ArrayList<>()).add(one),
          () -> absent.put(contender.name(), "what it runs on is not to be had on this machine"));
    }

    byPace.forEach((pace, some) -> keep(outcome(pace, some)));
    Map<String, Figures> figures = figures();
    String subject = "asof." + workload.word();
    return new Report(
        subject,
        workload.title(rows),
        List.copyOf(figures.values()),
        ratios(subject, figures),
        absent);
  }

  private Turns.Outcome outcome(Pace pace, List<Contestant> some) {
    Knobs knobs = stage.knobs();
    return switch (pace) {
      case TURNS -> stage.turns().run(some);
      case SLOW -> new Turns(1, Math.min(SLOW_ROUNDS, knobs.rounds), stage::say).run(some);
      case FIRST -> new Turns(1, Math.min(FIRST_ROUNDS, knobs.rounds), stage::say).run(some);
      case ONCE -> stage.turns().once(some);
    };
  }

  private void keep(Turns.Outcome outcome) {
    series.putAll(outcome.series());
    checks.putAll(outcome.checks());
    absent.putAll(outcome.failures());
  }

  private Map<String, Figures> figures() {
    AsOfContender ours = contenders.get(0);
    Map<String, Figures> figures = new LinkedHashMap<>();
    for (AsOfContender contender : contenders) {
      Series rounds = series.get(contender.name());
      if (rounds != null) {
        Agreement agreement =
            contender.answersAs(ours) ? agreement(checks.get(contender.name())) : Agreement.NONE;
        figures.put(contender.name(), Figures.of(contender.name(), rounds, agreement));
      }
    }

    return figures;
  }

  /** With the first of those that answer the same and are not us. */
  private Agreement agreement(@Nullable Check check) {
    AsOfContender ours = contenders.get(0);
    Optional<Check> reference =
        contenders.stream()
            .skip(1)
            .filter(peer -> peer.answersAs(ours) && checks.containsKey(peer.name()))
            .map(peer -> checks.get(peer.name()))
            .findFirst();
    if (check == null || reference.isEmpty()) {
      return Agreement.NONE;
    }

    return check.agrees(reference.get(), TOLERANCE) ? Agreement.EQUAL : Agreement.DIFFERENT;
  }

  private static List<Ratio> ratios(String subject, Map<String, Figures> figures) {
    Figures ours = figures.get(AsOfContender.OURS);
    List<Ratio> ratios = new ArrayList<>();
    if (ours != null) {
      figures.values().stream()
          .filter(peer -> !peer.contender().equals(AsOfContender.OURS))
          .forEach(peer -> ratios.addAll(Ratio.of(subject, ours, peer)));
    }

    return ratios;
  }
}
