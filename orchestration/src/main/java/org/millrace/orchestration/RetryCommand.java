package org.millrace.orchestration;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.orchestration.launch.ChildProcess;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Runs the job that failed last, by the call that was made for it. Its streams and its exit code
 * are those of that job.
 */
@Command(
    mixinStandardHelpOptions = true,
    description = {
      "Run again what failed last, with its own arguments.",
      "A job counts until a later start of the same verb, pipeline and days has ended well. What"
          + " was killed counts too."
    })
final class RetryCommand implements Callable<Integer>, ResultPrinter {
  private static final String NOTHING = "Nothing to retry.";

  private final CommandContext context;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "PIPELINE",
      description = "Only what failed of this pipeline; default: of all, and of plain files.")
  @Nullable String pipeline;

  @Option(names = "--list", description = "List all that failed, and run nothing.")
  boolean list;

  @Option(names = "--print-command", description = "Print the command, and do not run it.")
  boolean printsCommand;

  @Option(
      names = "--json",
      description = "Print what is listed as JSON; with --print-command, what would run.")
  boolean json;

  RetryCommand(CommandContext context) {
    this.context = requireNonNull(context, "context is null");
  }

  @Override
  public String name() {
    return "retry";
  }

  @Override
  public Integer call() {
    List<FailedRun> failed =
        new FailedRuns(context)
            .newestFirst().stream()
                .filter(run -> pipeline == null || run.key().isOf(pipeline))
                .toList();
    if (list) {
      print(failed);
      return 0;
    }

    if (failed.isEmpty()) {
      context.out().println(json ? "[]" : NOTHING);
      return 0;
    }

    FailedRun newest = failed.get(0);
    Call call = requireCall(newest);
    if (printsCommand) {
      context.out().println(json ? json(List.of(newest)) : newest.typed(context));
      return 0;
    }

    context
        .err()
        .printf(
            "millrace: runs again what ended with %s at %s: %s%n",
            newest.ending(), newest.at(), newest.typed(context));
    return Millrace.commandLine(contextOf(call)).execute(call.arguments().toArray(String[]::new));
  }

  /** The current surroundings, but the lake, the registry and the directory of the call. */
  private CommandContext contextOf(Call call) {
    CommandContext now =
        context.with(
            Map.of("MILLRACE_LAKE", call.lake(), "MLFLOW_TRACKING_URI", call.registryOrNone()));
    return new CommandContext(
        now.home(),
        Path.of(call.directory()),
        now.environment(),
        now.out(),
        now.err(),
        now.clock());
  }

  private Call requireCall(FailedRun run) {
    if (run.isUnknownPublication()) {
      throw new MillraceException(
          ErrorCategory.PUBLISH_STATE_UNKNOWN,
          "Cannot retry %s: it is unknown whether its publication took effect; type bin/millrace"
                  .formatted(run.key())
              + " doctor --publication "
              + run.key()
              + ", and then"
              + (run.call() == null ? " its own command" : " " + run.typed(context)));
    }

    if (run.call() == null) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot retry %s, which failed at %s: its arguments were not kept, as by releases before"
                  .formatted(run.key(), run.at())
              + " this one; type them again, such as bin/millrace "
              + ChildProcess.typed(List.of(run.key().command())));
    }

    return run.call();
  }

  private void print(List<FailedRun> failed) {
    if (json) {
      context.out().println(json(failed));
      return;
    }

    if (failed.isEmpty()) {
      context.out().println(NOTHING);
    }

    for (FailedRun run : failed) {
      context
          .out()
          .printf(
              "%-12s %-16s %-21s %-20s %-21s %s%n",
              run.key().verb(),
              run.key().pipeline(),
              run.key().days(),
              run.at().truncatedTo(ChronoUnit.SECONDS),
              run.ending(),
              run.message());
    }
  }

  private static String json(List<FailedRun> failed) {
    return Json.write(failed.stream().map(FailedRun::shown).toList());
  }
}
