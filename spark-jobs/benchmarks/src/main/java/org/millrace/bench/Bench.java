package org.millrace.bench;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code bin/bench} command. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "BENCHMARK",
    description = "Measures Millrace side by side with its peers, on this machine, in one run.")
public final class Bench implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  private Bench() {}

  /** Runs the benchmark and exits: 0 done, 1 outputs differ or ours failed, 64 wrong argument. */
  public static void main(String[] arguments) {
    Path home =
        Path.of(Optional.ofNullable(System.getProperty("millrace.home")).orElse(""))
            .toAbsolutePath();
    System.exit(commandLine(home).execute(arguments));
  }

  /**
   * All benchmarks, ready to run.
   *
   * @param home the project's folder
   */
  static CommandLine commandLine(Path home) {
    return new CommandLine(new Bench())
        .addSubcommand("scoring", new ScoringCommand(home))
        .addSubcommand("asof", new AsOfCommand(home))
        .addSubcommand("scaling", new ScalingCommand(home))
        .addSubcommand("soak", new SoakCommand(home))
        .addSubcommand("kernels", new KernelsCommand(home))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExitCodeExceptionMapper(
            e -> e instanceof ParameterException ? ErrorCategory.DEFINITION.exitCode() : 1)
        .setExecutionExceptionHandler(
            (e, command, parsed) -> {
              PrintWriter err = command.getErr();
              if (e instanceof MillraceException known) {
                err.println("bench: " + known.getMessage());
                return known.category().exitCode();
              }

              e.printStackTrace(err);
              return 1;
            });
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "No benchmark given");
  }
}
