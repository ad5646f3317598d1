package org.millrace.orchestration;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Causes;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs the shipped pipeline on this machine, with a real MLflow server and a real SQL server. */
@Command(
    mixinStandardHelpOptions = true,
    description = "Run the shipped pipeline here, from raw files to predictions in SQL.")
final class QuickstartCommand implements Callable<Integer> {
  /** The days of the shipped data. */
  private static final DayRange SHIPPED =
      new DayRange(LocalDate.of(2013, 1, 1), LocalDate.of(2013, 12, 31));

  private final CommandContext context;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "PIPELINE",
      description = JobLauncher.PIPELINE_PARAMETER)
  @Nullable String pipeline;

  @Mixin DayOptions days = new DayOptions();
  @Mixin SplitOptions split = new SplitOptions();
  @Mixin LaunchOptions options = new LaunchOptions();

  @Option(names = "--json", description = "Print the summary as JSON.")
  boolean json;

  @Option(names = "--stop", description = "Stop the servers that this home started, of all lakes.")
  boolean stop;

  QuickstartCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (stop) {
      Quickstart.stop(context);
      return 0;
    }

    Quickstart quickstart = new Quickstart(context, options, split.arguments());
    DayRange range = days.range().orElse(SHIPPED);
    String named = pipeline == null ? "" : pipeline;
    if (options.printsCommand) {
      quickstart.print(named, range);
      return 0;
    }

    Path file = context.state().resolve("quickstart.lock");
    try {
      Files.createDirectories(context.state());
      try (FileChannel channel =
              FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.tryLock()) {
        if (lock == null) {
          throw new MillraceException(
              ErrorCategory.EXTERNAL,
              "Cannot start: another quickstart runs in " + context.home() + "; wait for its end");
        }

        return Calls.of(context, spec)
            .run(
                CallKey.of(quickstart.key(named, range)), () -> quickstart.run(named, range, json));
      }
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot lock " + file + ": " + Causes.words(e), e);
    }
  }
}
