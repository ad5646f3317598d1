package org.millrace.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.millrace.bench.report.Report;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bin/bench scoring}. */
@Command(
    name = "scoring",
    mixinStandardHelpOptions = true,
    description = "Throughput and CPU time of scoring, against peers and the limit.")
final class ScoringCommand implements Callable<Integer> {
  private final Path home;
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Knobs knobs = new Knobs();

  @Option(
      names = "--workload",
      split = ",",
      description = "Of mlp, gbt, lgbm, deep, array384, startup, write; all of them by default.")
  private List<String> workloads = List.of();

  @Option(
      names = "--peers",
      split = ",",
      description = "To compare with, instead of each workload's own; limit brings what it needs.")
  private List<String> peers = List.of();

  ScoringCommand(Path home) {
    this.home = home;
  }

  @Override
  public Integer call() throws IOException {
    Stage stage = new Stage(home, knobs, spec.commandLine().getOut());
    List<Workload> chosen = chosen();
    List<Peer> named = peers.stream().map(Peer::of).toList();
    List<Report> reports = new ArrayList<>();
    Map<String, Map<String, String>> versions = new LinkedHashMap<>();
    boolean sound = true;
    for (Workload workload : chosen) {
      ScoringRun run = new ScoringRun(stage, workload);
      Report report = run.run(contenders(workload, named));
      run.versions().forEach(versions::putIfAbsent);
      sound &= ScoringRun.isSound(report);
      reports.add(report);
    }

    stage.tell(reports, versions);
    return sound ? 0 : 1;
  }

  private List<Workload> chosen() {
    return workloads.isEmpty()
        ? List.of(Workload.values())
        : workloads.stream().flatMap(word -> Workload.of(word).stream()).distinct().toList();
  }

  /** Us first; what the limit is told from, where it is asked for. */
  private static Set<Peer> contenders(Workload workload, List<Peer> named) {
    Set<Peer> all = EnumSet.of(Peer.MILLRACE);
    all.addAll(named.isEmpty() ? workload.peers() : named);
    if (all.contains(Peer.LIMIT)) {
      all.add(Peer.ORT);
      all.add(workload == Workload.WRITE ? Peer.NOMODEL : Peer.SCAN);
    }

    return all;
  }
}
