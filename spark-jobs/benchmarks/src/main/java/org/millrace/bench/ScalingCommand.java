package org.millrace.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.millrace.bench.contender.Task;
import org.millrace.bench.input.DataSet;
import org.millrace.bench.report.Figures;
import org.millrace.bench.report.Ratio;
import org.millrace.bench.report.Report;
import org.millrace.bench.run.ContenderProcess;
import org.millrace.bench.run.Turns;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code bin/bench scaling}: us against ourselves. */
@Command(
    name = "scaling",
    mixinStandardHelpOptions = true,
    description = "Scoring the MLP on 1 and 2 cores, and 1/4, 1 and 4 times the rows.")
final class ScalingCommand implements Callable<Integer> {
  private static final String SUBJECT = "scoring.scaling";

  private final Path home;
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Knobs knobs = new Knobs();

  ScalingCommand(Path home) {
    this.home = home;
  }

  @Override
  public Integer call() throws IOException {
    Stage stage = new Stage(home, knobs, spec.commandLine().getOut());
    long rows = knobs.rows.orElse(Workload.MLP.rows());
    Contenders contenders = stage.contenders("scaling");
    List<ContenderProcess> all = new ArrayList<>();
    all.add(contender(stage, contenders, "quarter", 2, rows / 4, rows));
    all.add(contender(stage, contenders, "whole", 2, rows, rows));
    all.add(contender(stage, contenders, "fourfold", 2, rows * 4, rows));
    all.add(contender(stage, contenders, "one-core", 1, rows, rows));
    all.add(contender(stage, contenders, "fourfold-one-core", 1, rows * 4, rows));
    Turns.Outcome outcome = stage.turns().run(all);
    Map<String, Figures> figures = new LinkedHashMap<>();
    outcome
        .series()
        .forEach(
            (name, series) -> figures.put(name, Figures.of(name, series, Figures.Agreement.NONE)));
    Report report =
        new Report(
            SUBJECT,
            "scaling: MLP on 1 and 2 cores, three sizes",
            List.copyOf(figures.values()),
            ratios(figures),
            outcome.failures());
    stage.tell(List.of(report), outcome.versions());
    return outcome.failures().isEmpty() ? 0 : 1;
  }

  private static ContenderProcess contender(
      Stage stage, Contenders contenders, String name, int cores, long rows, long usual)
      throws IOException {
    DataSet data = Workload.MLP.data(usual);
    Path model = stage.inputs().model(Workload.MLP.model());
    Task task = stage.task("millrace", name, Workload.MLP, data, model, rows).withCores(cores);
    return contenders
        .of(name, Peer.MILLRACE, task)
        .orElseThrow(() -> new IllegalStateException("Cannot start ourselves"));
  }

  private static List<Ratio> ratios(Map<String, Figures> figures) {
    List<Ratio> ratios = new ArrayList<>();
    List<List<String>> pairs =
        List.of(
            List.of("whole", "one-core"),
            List.of("fourfold", "fourfold-one-core"),
            List.of("quarter", "whole"),
            List.of("fourfold", "whole"));
    for (List<String> pair : pairs) {
      Figures ours = figures.get(pair.get(0));
      Figures other = figures.get(pair.get(1));
      if (ours != null && other != null) {
        ratios.addAll(Ratio.of(SUBJECT, ours, other));
      }
    }

    return ratios;
  }
}
