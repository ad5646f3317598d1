package org.millrace.bench;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.millrace.bench.input.BenchModel;
import org.millrace.bench.kernel.TreeKernelBenchmark;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bin/bench kernels}: JMH, each evaluator in a JVM of its own, one after the other. */
@Command(
    name = "kernels",
    mixinStandardHelpOptions = true,
    description = "Tree evaluators against ONNX Runtime in memory, by JMH: no Spark, no file.")
final class KernelsCommand implements Callable<Integer> {
  private static final String ORT = "onnxruntime";
  private static final Map<String, BenchModel> FORESTS =
      new TreeMap<>(
          Map.of(
              "gbt", BenchModel.GBT,
              "lgbm", BenchModel.LGBM,
              "deep", BenchModel.DEEP,
              "deep-binned", BenchModel.DEEP_BINNED));

  private final Path home;
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--rounds", defaultValue = "5", description = "Timed seconds (${DEFAULT-VALUE}).")
  private int rounds = 5;

  @Option(
      names = "--warm-ups",
      defaultValue = "8",
      description = "Untimed seconds first (${DEFAULT-VALUE}).")
  private int warmUps = 8;

  @Option(names = "--threads", defaultValue = "1", description = "Callers (${DEFAULT-VALUE}).")
  private int threads = 1;

  @Option(
      names = "--workload",
      split = ",",
      description = "Of gbt, lgbm, deep, deep-binned; all of them by default.")
  private List<String> workloads = List.of("gbt", "lgbm", "deep", "deep-binned");

  KernelsCommand(Path home) {
    this.home = home;
  }

  @Override
  public Integer call() throws IOException, RunnerException {
    List<String> unknown =
        workloads.stream().filter(word -> !FORESTS.containsKey(word)).sorted().toList();
    if (!unknown.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "Cannot measure %s: there are %s".formatted(unknown, FORESTS.keySet()));
    }

    Stage stage = new Stage(home, new Knobs(), spec.commandLine().getOut());
    for (String workload : workloads) {
      BenchModel model = requireNonNull(FORESTS.get(workload), "checked above");
      Collection<RunResult> results = new Runner(options(stage, model)).run();
      tell(stage, workload, results);
    }

    return 0;
  }

  private Options options(Stage stage, BenchModel model) throws IOException {
    return new OptionsBuilder()
        .include(TreeKernelBenchmark.class.getName())
        .param("model", stage.inputs().model(model).toString())
        .param("engine", ORT, "vector", "bits", "walk")
        .threads(threads)
        .forks(1)
        .warmupIterations(warmUps)
        .warmupTime(TimeValue.seconds(1))
        .measurementIterations(rounds)
        .measurementTime(TimeValue.seconds(1))
        .jvmArgs("-Xmx2g", "--add-modules=jdk.incubator.vector")
        .verbosity(VerboseMode.SILENT)
        .build();
  }

  private void tell(Stage stage, String workload, Collection<RunResult> results) {
    Map<String, Double> speeds = new TreeMap<>();
    for (RunResult result : results) {
      String engine = result.getParams().getParam("engine");
      speeds.put(engine, result.getPrimaryResult().getScore());
      stage.say(
          "%-12s %-12s %d caller(s) %12.0f rows/s, +/- %.0f"
              .formatted(
                  workload,
                  engine,
                  threads,
                  result.getPrimaryResult().getScore(),
                  result.getPrimaryResult().getScoreError()));
    }

    List<String> ratios = new ArrayList<>();
    speeds.forEach(
        (engine, speed) -> {
          if (!engine.equals(ORT) && speeds.containsKey(ORT)) {
            ratios.add(
                "RATIO kernels.%s millrace-%s/ort %.3f"
                    .formatted(workload, engine, speed / speeds.get(ORT)));
          }
        });
    ratios.forEach(stage::say);
  }
}
