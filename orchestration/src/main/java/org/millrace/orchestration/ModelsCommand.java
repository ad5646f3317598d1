package org.millrace.orchestration;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Json;
import org.millrace.orchestration.plan.ModelText;
import org.millrace.planning.ModelOverview;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The versions of a model, or its history: read from the lake and the registry, without Spark.
 * Nothing is written.
 */
@Command
class ModelsCommand implements Callable<Integer> {
  private final CommandContext context;
  private final boolean isHistory;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "PIPELINE",
      description = JobLauncher.PIPELINE_PARAMETER)
  @Nullable String pipeline;

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
        "Show what became of a model's versions: verdicts of the gate and moves of the alias, with",
        "who and why, the oldest first. Nothing is written."
      })
  static final class History extends ModelsCommand {
    History(CommandContext context) {
      super(context, true);
    }
  }

  @Override
  public Integer call() {
    JobLauncher launcher = new JobLauncher(context, options.launch());
    String name = launcher.pipeline(pipeline == null ? "" : pipeline);
    ModelOverview overview = new PlanProgram(launcher).models(name);
    if (json) {
      context.out().println(Json.write(overview));
      return 0;
    }

    (isHistory ? ModelText.history(overview) : ModelText.versions(overview))
        .forEach(context.out()::println);
    return 0;
  }
}
