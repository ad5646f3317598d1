package org.millrace.orchestration;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Json;
import org.millrace.contracts.Verb;
import org.millrace.orchestration.plan.PlanText;
import org.millrace.planning.Plan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a run of a pipeline would do, and why. Starts no Spark and writes nothing. */
@Command(
    mixinStandardHelpOptions = true,
    description = {
      "Say what a run would do, and why; nothing is started or written.",
      "Without days: all days that the ledger knows of the pipeline."
    })
final class PlanCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "PIPELINE",
      description = "Name in conf/training; default: the only one there.")
  @Nullable String pipeline;

  @Mixin DayOptions days = new DayOptions();
  @Mixin SplitOptions split = new SplitOptions();
  @Mixin ConfOption options = new ConfOption();

  @Option(names = "--json", description = "Print JSON; docs/plan.md describes it.")
  boolean json;

  @Option(names = "--explain", description = "Say also what is read for each object.")
  boolean explain;

  PlanCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    JobLauncher launcher = new JobLauncher(context, options.launch());
    Plan plan =
        new PlanProgram(launcher)
            .plan(
                launcher.pipeline(pipeline == null ? "" : pipeline),
                days.range(),
                split.arguments());
    if (json) {
      context.out().println(Json.write(plan));
      return 0;
    }

    new PlanText(plan, explain).lines().forEach(context.out()::println);
    if (!plan.isIdle()) {
      context.out().println("Do it: " + launcher.typed(next(plan).toArray(String[]::new)));
    }

    return 0;
  }

  private List<String> next(Plan plan) {
    List<String> words = new ArrayList<>(List.of(Verb.RUN.word(), plan.pipeline()));
    words.addAll(
        plan.from().equals(plan.to())
            ? List.of("--date", plan.from().toString())
            : List.of("--from", plan.from().toString(), "--to", plan.to().toString()));
    words.addAll(split.arguments());
    return words;
  }
}
