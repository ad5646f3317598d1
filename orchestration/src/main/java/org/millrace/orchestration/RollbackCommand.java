package org.millrace.orchestration;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** An alias as it was before. */
@Command(
    description = {
      "Give the alias that scores back to the version that held it before, or to one that you name.",
      "With --since, readers see of the days since then what another version had published, in"
          + " seconds; nothing is computed. All of it is recorded with who and why, and the result"
          + " names the command that undoes it."
    })
final class RollbackCommand extends ModelJobCommand {
  @Mixin PipelineParameter pipeline = new PipelineParameter();

  @Option(
      names = "--to",
      paramLabel = "VERSION",
      converter = VersionNumber.class,
      description = "The version that gets the alias; default: the one that held it before.")
  @Nullable String version;

  @Option(
      names = {"--why", "--reason"},
      paramLabel = "TEXT",
      description = "Why, in one line; kept in the history of the alias, and with each day.")
  @Nullable String reason;

  @Option(
      names = "--since",
      paramLabel = "DAY",
      description =
          "Take back what the version that loses the alias published of this day and all later"
              + " ones; days that no other version published stay, and are named.")
  @Nullable LocalDate since;

  @Option(
      names = "--allow-empty-days",
      description = "Take those days back too: readers then see no predictions of them.")
  boolean allowEmptyDays;

  @Option(
      names = "--dry-run",
      description = "Show what would move, and which days change to which version; change nothing.")
  boolean dryRun;

  RollbackCommand(CommandContext context) {
    super(context, Verb.ROLLBACK);
  }

  @Override
  String pipeline() {
    return pipeline.named();
  }

  @Override
  boolean isDryRun() {
    return dryRun;
  }

  @Override
  List<String> arguments() {
    if (allowEmptyDays && since == null) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot roll back days without a first one: --allow-empty-days goes with --since DAY");
    }

    List<String> arguments = new ArrayList<>();
    if (version != null) {
      arguments.addAll(List.of("--version", version));
    }

    if (reason != null) {
      arguments.addAll(List.of("--reason", reason));
    }

    if (since != null) {
      arguments.addAll(List.of("--since", since.toString()));
    }

    if (allowEmptyDays) {
      arguments.add("--allow-empty-days");
    }

    if (dryRun) {
      arguments.add("--dry-run");
    }

    return arguments;
  }
}
