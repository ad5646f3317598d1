package org.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.millrace.bench.contender.Task;
import org.millrace.bench.input.BenchModel;
import org.millrace.bench.input.DataSet;
import org.millrace.bench.run.ContenderProcess;
import org.millrace.bench.run.Round;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code bin/bench soak}. Memory is flat where the later half of the run needs no more than the
 * first one after the warm-up did, give or take {@value #ALLOWED_GROWTH} of it.
 */
@Command(
    name = "soak",
    mixinStandardHelpOptions = true,
    description = "Three models, tasks killed at random: memory, native handles, end of the JVM.")
final class SoakCommand implements Callable<Integer> {
  private static final double ALLOWED_GROWTH = 0.05;

  private final Path home;
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Knobs knobs = new Knobs();

  @Option(
      names = "--batches",
      defaultValue = "10000",
      description = "Native calls at least (${DEFAULT-VALUE}).")
  private long batches = 10_000;

  SoakCommand(Path home) {
    this.home = home;
  }

  @Override
  public Integer call() throws IOException {
    Stage stage = new Stage(home, knobs, spec.commandLine().getOut());
    List<Round> rounds = new ArrayList<>();
    ContenderProcess soak = soak(stage);
    try {
      soak.start();
      for (long done = 0; done < batches; ) {
        Round round = soak.round();
        rounds.add(round);
        done += number(round, "batches");
        stage.say(
            "%,8d batches, %d MiB resident, %s".formatted(done, mebibytes(round), round.notes()));
      }
    } finally {
      soak.close();
    }

    return tell(stage, rounds, soak.exitCode().orElse(-1)) ? 0 : 1;
  }

  private ContenderProcess soak(Stage stage) throws IOException {
    long rows = knobs.rows.orElse(1_000_000L);
    DataSet data = Workload.MLP.data(rows);
    Path models = stage.inputs().model(BenchModel.MLP).resolveSibling("soak");
    Files.createDirectories(models);
    for (BenchModel model :
        List.of(BenchModel.MLP, BenchModel.SMALL_TREES, BenchModel.SMALL_PERCEPTRON)) {
      Path file = stage.inputs().model(model);
      Path linked = models.resolve(file.getFileName());
      if (!Files.exists(linked)) {
        Files.createLink(linked, file);
      }
    }

    Task task = stage.task("soak", "soak", Workload.MLP, data, models, rows);
    return stage
        .contenders("soak")
        .of("soak", Peer.MILLRACE, task)
        .orElseThrow(() -> new IllegalStateException("Cannot start ourselves"));
  }

  private static boolean tell(Stage stage, List<Round> rounds, int exitCode) {
    int warm = rounds.size() / 5;
    int half = warm + (rounds.size() - warm) / 2;
    long before = mebibytesAtMost(rounds.subList(warm, half));
    long after = mebibytesAtMost(rounds.subList(half, rounds.size()));
    long handles =
        rounds.stream().mapToLong(round -> number(round, "open handles")).max().orElse(0);
    boolean flat = after <= before * (1 + ALLOWED_GROWTH);
    stage.say(
        "SOAK scoring resident-mib %d then %d: %s; open handles at most %d; exit code %d"
            .formatted(before, after, flat ? "flat" : "GROWING", handles, exitCode));
    return flat && handles == 0 && exitCode == 0;
  }

  private static long mebibytesAtMost(List<Round> rounds) {
    return rounds.stream().mapToLong(SoakCommand::mebibytes).max().orElse(0);
  }

  private static long mebibytes(Round round) {
    return number(round, "resident bytes") >> 20;
  }

  private static long number(Round round, String note) {
    return Long.parseLong(round.notes().getOrDefault(note, "0"));
  }
}
