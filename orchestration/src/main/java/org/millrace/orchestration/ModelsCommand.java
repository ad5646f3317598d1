package org.millrace.orchestration;

import java.util.concurrent.Callable;
import org.millrace.contracts.Json;
import org.millrace.orchestration.plan.HistoryText;
import org.millrace.orchestration.plan.ModelText;
import org.millrace.planning.ModelOverview;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The versions of a model, or its history: read from the lake and the registry, without Spark.
 * Nothing is written.
 */
@Command
class ModelsCommand implements Callable<Integer> {
  private final CommandContext context;
  private final boolean isHistory;

  @Mixin PipelineParameter pipeline = new PipelineParameter();

  @Mixin ConfOption options = new ConfOption();

  @Option(names = "--json", description = "Print JSON; docs/models.md describes it.")
  boolean json;

  private ModelsCommand(CommandContext context, boolean isHistory) {
    this.context = context;
    this.isHistory = isHistory;
  }

  /** {@code millrace models}. */
  @Command(
      mixinStandardHelpOptions = true,
      description = {
        "List the versions of a model: who made them, the gate's newest verdict, the champion,",
        "and how many days show the predictions of each. Nothing is written."
      })
  static final class Models extends ModelsCommand {
    Models(CommandContext context) {
      super(context, false);
    }
  }

  /** {@code millrace history}. */
  @Command(
      mixinStandardHelpOptions = true,
      description = {
        "Show what became of a model as one timeline, the newest last: versions, verdicts, approvals,",
        "moves of the alias, and days that were published and taken back, with who and why. Nothing is"
            + " written."
      })
  static final class History extends ModelsCommand {
    History(CommandContext context) {
      super(context, true);
    }
  }

  @Override
  public Integer call() {
    JobLauncher launcher = new JobLauncher(context, options.launch());
    String name = launcher.pipeline(pipeline.named());
    ModelOverview overview = new PlanProgram(launcher).models(name);
    if (json) {
      context.out().println(Json.write(overview));
      return 0;
    }

    (isHistory ? HistoryText.lines(overview) : ModelText.versions(overview))
        .forEach(context.out()::println);
    return 0;
  }
}
