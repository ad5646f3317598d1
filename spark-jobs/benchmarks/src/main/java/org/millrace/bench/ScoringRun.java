package org.millrace.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.millrace.bench.contender.Task;
import org.millrace.bench.input.DataSet;
import org.millrace.bench.report.Figures;
import org.millrace.bench.report.Figures.Agreement;
import org.millrace.bench.report.Ratio;
import org.millrace.bench.report.Report;
import org.millrace.bench.run.Check;
import org.millrace.bench.run.ContenderProcess;
import org.millrace.bench.run.Turns;

/** One workload with its contenders, from inputs to report. Driver only; used once. */
final class ScoringRun {
  // sums over many rows; where a tree's last bit may fall differently, few of them do
  private static final double TOLERANCE = 1e-6;

  private final Stage stage;
  private final Workload workload;
  private final long wanted;
  private final Map<String, Map<String, String>> versions = new LinkedHashMap<>();

  ScoringRun(Stage stage, Workload workload) {
    this.stage = stage;
    this.workload = workload;
    this.wanted = stage.knobs().rows.orElse(workload.rows());
  }

  /** Lets the peers take turns. */
  Report run(Set<Peer> peers) throws IOException {
    stage.say("");
    stage.say("Workload " + workload.word() + ": " + peers.stream().map(Peer::word).toList());
    DataSet data = workload.data(wanted);
    stage.inputs().rows(data, wanted); // all files at once, of which others get the first
    Path model = stage.inputs().model(workload.model());
    Contenders contenders = stage.contenders(workload.word());
    Map<String, String> absent = new LinkedHashMap<>();
    List<ContenderProcess> started = new ArrayList<>();
    for (Peer peer : peers) {
      if (peer.home() != Peer.Home.COMPUTED) {
        Optional<ContenderProcess> contender =
            contenders.of(peer.word(), peer, task(peer, data, model));
        contender.ifPresentOrElse(
            started::add,
            () -> absent.put(peer.word(), "what it runs on is not to be had on this machine"));
      }
    }

    Turns.Outcome outcome = stage.turns().run(started);
    versions.putAll(outcome.versions());
    absent.putAll(outcome.failures());
    return report(peers, outcome, absent);
  }

  /** What contenders said they run on, by contender. */
  Map<String, Map<String, String>> versions() {
    return versions;
  }

  /** Whether we ran, and nobody's outputs differ. */
  static boolean isSound(Report report) {
    return !report.absent().containsKey(Peer.MILLRACE.word())
        && report.figures().stream().noneMatch(f -> f.agreement() == Agreement.DIFFERENT);
  }

  private Task task(Peer peer, DataSet data, Path model) throws IOException {
    long rows = Math.max(1, workload.rows(peer) * wanted / workload.rows());
    return stage.task(kind(peer), peer.word(), workload, data, model, rows);
  }

  private String kind(Peer peer) {
    return switch (peer) {
      case MILLRACE, MILLRACE_PLAIN ->
          switch (workload) {
            case STARTUP -> "millrace-startup";
            case WRITE -> "millrace-write";
            default -> "millrace";
          };
      case ORT -> workload == Workload.STARTUP ? "ort-startup" : "ort";
      case NOMODEL -> "nomodel-write";
      default -> peer.word();
    };
  }

  private Report report(Set<Peer> peers, Turns.Outcome outcome, Map<String, String> absent) {
    Map<String, Figures> figures = new LinkedHashMap<>();
    Optional<Check> reference = reference(outcome);
    outcome
        .series()
        .forEach(
            (name, series) -> {
              Check check = outcome.checks().get(name);
              figures.put(name, Figures.of(name, series, agreement(reference, check)));
            });
    if (peers.contains(Peer.LIMIT)) {
      Peer base = workload == Workload.WRITE ? Peer.NOMODEL : Peer.SCAN;
      limit(figures.get(base.word()), figures.get(Peer.ORT.word()))
          .ifPresent(limit -> figures.put(Peer.LIMIT.word(), limit));
    }

    String subject = "scoring." + workload.word();
    return new Report(
        subject, title(), List.copyOf(figures.values()), ratios(subject, figures), absent);
  }

  private static Optional<Figures> limit(@Nullable Figures base, @Nullable Figures ort) {
    return base == null || ort == null
        ? Optional.empty()
        : Optional.of(Figures.inSequence(Peer.LIMIT.word(), base, ort));
  }

  private static List<Ratio> ratios(String subject, Map<String, Figures> figures) {
    List<Ratio> ratios = new ArrayList<>();
    for (Peer ours : List.of(Peer.MILLRACE, Peer.MILLRACE_PLAIN)) {
      Figures us = figures.get(ours.word());
      if (us != null) {
        figures.values().stream()
            .filter(peer -> Peer.of(peer.contender()).isCompared())
            .forEach(peer -> ratios.addAll(Ratio.of(subject, us, peer)));
      }
    }

    return ratios;
  }

  /** ONNX Runtime's own, or the first that scored. */
  private static Optional<Check> reference(Turns.Outcome outcome) {
    Check ort = outcome.checks().get(Peer.ORT.word());
    return ort != null
        ? Optional.of(ort)
        : outcome.checks().values().stream().filter(check -> check.rows() > 0).findFirst();
  }

  private static Agreement agreement(Optional<Check> reference, @Nullable Check check) {
    if (check == null || check.rows() == 0 || reference.isEmpty()) {
      return Agreement.NONE;
    }

    return check.agrees(reference.get(), TOLERANCE) ? Agreement.EQUAL : Agreement.DIFFERENT;
  }

  private String title() {
    return "%s: model %s, %,d rows x %d floats"
        .formatted(
            workload.word(), workload.model().file(Path.of("")), wanted, workload.model().width());
  }
}
