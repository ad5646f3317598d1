package org.millrace.orchestration;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** An alias as it was before. */
@Command(
    description = {
      "Give the alias that scores back to the version that held it before, or to one that you name.",
      "The move is recorded with who and why, and the same command undoes it. Published days stay;"
          + " those of the version that loses the alias are named."
    })
final class RollbackCommand extends ModelJobCommand {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "PIPELINE",
      description = JobLauncher.PIPELINE_PARAMETER)
  @Nullable String pipeline;

  @Option(
      names = "--to",
      paramLabel = "VERSION",
      description = "The version that gets the alias; default: the one that held it before.")
  @Nullable String version;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Why, in one line; kept in the history of the alias.")
  @Nullable String reason;

  @Option(
      names = "--dry-run",
      description = "Print what would be moved, and which days show it; change nothing.")
  boolean dryRun;

  RollbackCommand(CommandContext context) {
    super(context, Verb.ROLLBACK);
  }

  @Override
  String pipeline() {
    return pipeline == null ? "" : pipeline;
  }

  @Override
  boolean isDryRun() {
    return dryRun;
  }

  @Override
  List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    if (version != null) {
      arguments.addAll(List.of("--version", versionNumber(version)));
    }

    if (reason != null) {
      arguments.addAll(List.of("--reason", reason));
    }

    if (dryRun) {
      arguments.add("--dry-run");
    }

    return arguments;
  }
}
