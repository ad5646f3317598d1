package org.millrace.orchestration;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A person's word on a version that kept all rules. */
@Command(
    description = {
      "Let a version pass that kept its gate's rules and awaits approval: it gets the alias.",
      "The approval is kept with who and why. It holds only while champion and rules are those that"
          + " the version was judged by."
    })
final class ApproveCommand extends ModelJobCommand {
  @Mixin PipelineParameter pipeline = new PipelineParameter();

  @Option(
      names = "--version",
      paramLabel = "VERSION",
      converter = VersionNumber.class,
      description = "The version; default: the newest one that awaits approval.")
  @Nullable String version;

  @Option(
      names = "--why",
      paramLabel = "TEXT",
      description = "Why, in one line; kept in the verdict.")
  String why = "";

  ApproveCommand(CommandContext context) {
    super(context, Verb.APPROVE);
  }

  @Override
  String pipeline() {
    return pipeline.named();
  }

  @Override
  List<String> arguments() {
    if (why.isBlank()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot approve without a reason: give one with --why, in one line");
    }

    List<String> arguments = new ArrayList<>(List.of("--reason", why));
    if (version != null) {
      arguments.addAll(List.of("--version", version));
    }

    return arguments;
  }
}
