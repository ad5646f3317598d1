package org.millrace.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.millrace.bench.report.Figures;
import org.millrace.bench.report.Report;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code bin/bench asof}. */
@Command(
    name = "asof",
    mixinStandardHelpOptions = true,
    description = "Wall and CPU time of as-of joins, against peers and ourselves.")
final class AsOfCommand implements Callable<Integer> {
  /** All of them, in the order they are measured; those of other questions are added here. */
  private static final List<AsOfWorkload> WORKLOADS = List.of(JoinWorkload.values());

  private static final int WARM_UPS = 5;
  private static final String HEAP = "6g";

  private final Path home;
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Knobs knobs = new Knobs();

  @Option(
      names = "--only",
      split = ",",
      description =
          "Of one, three, eight, skew, delta, day, buckets, cluster, first, windows, night, big; all but big by"
              + " default.")
  private List<String> only = List.of();

  @Option(
      names = "--peers",
      split = ",",
      description = "To compare with, instead of all that a workload knows.")
  private List<String> peers = List.of();

  AsOfCommand(Path home) {
    this.home = home;
  }

  @Override
  public Integer call() throws IOException {
    ParseResult parsed = spec.commandLine().getParseResult();
    if (!parsed.hasMatchedOption("--warm-ups")) {
      knobs.warmUps = WARM_UPS; // as many as the JVM's compiler takes
    }
    if (!parsed.hasMatchedOption("--heap")) {
      knobs.heap = HEAP;
    }

    Stage stage = new Stage(home, knobs, spec.commandLine().getOut());
    List<Report> reports = new ArrayList<>();
    for (AsOfWorkload workload : chosen(only)) {
      reports.add(workload.run(stage, peers));
    }

    stage.tell(reports, Map.of());
    return reports.stream().allMatch(AsOfCommand::isSound) ? 0 : 1;
  }

  static List<AsOfWorkload> chosen(List<String> words) {
    List<String> known = WORKLOADS.stream().map(AsOfWorkload::word).toList();
    for (String word : words) {
      if (!known.contains(word)) {
        throw new MillraceException(
            ErrorCategory.DEFINITION,
            "Cannot measure %s: no such workload vs %s"
                .formatted(word, known.stream().collect(Collectors.joining(", "))));
      }
    }

    return WORKLOADS.stream()
        .filter(one -> words.isEmpty() ? one.isUsual() : words.contains(one.word()))
        .toList();
  }

  private static boolean isSound(Report report) {
    return !report.absent().containsKey(AsOfContender.OURS)
        && report.figures().stream().noneMatch(of -> of.agreement() == Figures.Agreement.DIFFERENT);
  }
}
