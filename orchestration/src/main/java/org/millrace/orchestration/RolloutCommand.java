package org.millrace.orchestration;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Verb;
import org.millrace.orchestration.plan.RolloutText;
import org.millrace.planning.RolloutOverview;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How a version comes to score, stage by stage. */
@Command(
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Roll a version out stage by stage: in the shadow, to a share of the rows, to all of them.",
      "conf/rollout/MODEL.yaml has the stages and the rules; each night they are looked at."
    })
final class RolloutCommand implements Runnable, ResultPrinter {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** With its commands. */
  static CommandLine of(CommandContext context) {
    return new CommandLine(new RolloutCommand())
        .addSubcommand("status", new Status(context))
        .addSubcommand("begin", new Begin(context))
        .addSubcommand("advance", new Advance(context))
        .addSubcommand("halt", new Halt(context))
        .addSubcommand("promote", new Promote(context));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "No command given");
  }

  @Override
  public String name() {
    return Verb.ROLLOUT.word();
  }

  /** {@code rollout status}: read from the lake, without Spark. */
  @Command(
      mixinStandardHelpOptions = true,
      description = {
        "Show the rollout that is under way, what its days have shown, and what was decided so far.",
        "Nothing is written."
      })
  static final class Status implements Callable<Integer> {
    private final CommandContext context;

    @Mixin PipelineParameter pipeline = new PipelineParameter();

    @Mixin ConfOption options = new ConfOption();

    @Option(names = "--json", description = "Print JSON; docs/rollouts.md describes it.")
    boolean json;

    Status(CommandContext context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      JobLauncher launcher = new JobLauncher(context, options.launch());
      String name = launcher.pipeline(pipeline.named());
      RolloutOverview overview = new PlanProgram(launcher).rollout(name);
      if (json) {
        context.out().println(Json.write(overview));
      } else {
        RolloutText.lines(overview).forEach(context.out()::println);
      }

      return 0;
    }
  }

  /** A command that decides. */
  abstract static class Decision extends ModelJobCommand {
    private final String action;

    @Mixin PipelineParameter pipeline = new PipelineParameter();

    @Option(
        names = "--why",
        paramLabel = "TEXT",
        description = "Why, in one line; kept in ops.rollouts.")
    String why = "";

    Decision(CommandContext context, String action) {
      super(context, Verb.ROLLOUT);
      this.action = action;
    }

    @Override
    String pipeline() {
      return pipeline.named();
    }

    /** Whether a person has to say why. */
    boolean needsReason() {
      return true;
    }

    @Override
    List<String> arguments() {
      if (needsReason() && why.isBlank()) {
        throw new MillraceException(
            ErrorCategory.DEFINITION,
            "Cannot %s a rollout without a reason: give one with --why, in one line"
                .formatted(action));
      }

      List<String> arguments =
          new ArrayList<>(List.of("--action", action.toUpperCase(Locale.ROOT)));
      if (!why.isBlank()) {
        arguments.addAll(List.of("--reason", why));
      }

      return arguments;
    }
  }

  /** {@code rollout begin}. */
  @Command(
      description = {
        "Let a version enter the first stage: one that its gate did not reject.",
        "It holds from the day after the last published one, unless another day is named."
      })
  static final class Begin extends Decision {
    @Option(
        names = "--version",
        required = true,
        paramLabel = "VERSION",
        converter = VersionNumber.class,
        description = "The version, by its number in the registry.")
    String version = "";

    @Option(
        names = "--from",
        paramLabel = "DAY",
        description =
            "First day of the stage; published days from it on get their challenger by `millrace"
                + " score` and `millrace publish`.")
    @Nullable LocalDate from;

    Begin(CommandContext context) {
      super(context, "begin");
    }

    @Override
    boolean needsReason() {
      return false;
    }

    @Override
    List<String> arguments() {
      List<String> arguments = new ArrayList<>(super.arguments());
      arguments.addAll(List.of("--version", version));
      if (from != null) {
        arguments.addAll(List.of("--from-day", from.toString()));
      }

      return arguments;
    }
  }

  /** {@code rollout advance}. */
  @Command(
      description = {
        "Look at the days of the stage and decide by its rules, as each night does.",
        "With --why, the next stage begins whatever they show; after the last one the version gets"
            + " the alias."
      })
  static final class Advance extends Decision {
    Advance(CommandContext context) {
      super(context, "advance");
    }

    @Override
    boolean needsReason() {
      return false;
    }
  }

  /** {@code rollout halt}. */
  @Command(
      description = {
        "End the rollout: the champion scores all rows again.",
        "It holds from the day after the last published one, unless another day is named."
      })
  static final class Halt extends Decision {
    @Option(
        names = "--from",
        paramLabel = "DAY",
        description =
            "First day without the challenger; published days from it on are scored again by"
                + " `millrace backfill`.")
    @Nullable LocalDate from;

    Halt(CommandContext context) {
      super(context, "halt");
    }

    @Override
    List<String> arguments() {
      List<String> arguments = new ArrayList<>(super.arguments());
      if (from != null) {
        arguments.addAll(List.of("--from-day", from.toString()));
      }

      return arguments;
    }
  }

  /** {@code rollout promote}. */
  @Command(description = "End the rollout: the version gets the alias and scores all rows.")
  static final class Promote extends Decision {
    Promote(CommandContext context) {
      super(context, "promote");
    }
  }
}
