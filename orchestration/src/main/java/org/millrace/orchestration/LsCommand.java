package org.millrace.orchestration;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.millrace.contracts.Json;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.planning.PipelineGraph;
import org.millrace.planning.Plan;
import org.millrace.planning.Selector;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The objects of a pipeline, by its definitions. Starts no Spark and writes nothing. */
@Command(
    mixinStandardHelpOptions = true,
    description = "List the objects of a pipeline, and what each is made from.")
final class LsCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin PipelineParameter pipeline = new PipelineParameter();

  @Mixin SelectOption select = new SelectOption();
  @Mixin ConfOption options = new ConfOption();

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  LsCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    JobLauncher launcher = new JobLauncher(context, options.launch());
    String name = launcher.pipeline(pipeline.named());
    PipelineGraph graph = PipelineGraph.of(Pipeline.of(launcher.definitions(), name));
    List<String> chosen =
        select.select == null
            ? graph.objects()
            : new Selector(graph, new States(launcher, name)).select(select.select);
    List<PipelineGraph.Node> nodes =
        graph.nodes().stream().filter(node -> chosen.contains(node.object())).toList();
    if (json) {
      context.out().println(Json.write(nodes));
      return 0;
    }

    for (PipelineGraph.Node node : nodes) {
      String reads = node.reads().isEmpty() ? "" : "from " + String.join(", ", node.reads());
      context
          .out()
          .println(
              "%-34s %-22s %s"
                  .formatted(node.object(), String.join(", ", node.verbs()), reads)
                  .stripTrailing());
    }

    return 0;
  }

  /** Of all days that the ledger knows; asked only by terms about states. */
  private final class States implements Selector.PlannedStates {
    private final JobLauncher launcher;
    private final String name;
    private Optional<Plan> plan = Optional.empty();

    States(JobLauncher launcher, String name) {
      this.launcher = launcher;
      this.name = name;
    }

    @Override
    public List<Plan.Work> work(String object) {
      plan =
          plan.or(
              () -> Optional.of(new PlanProgram(launcher).plan(name, Optional.empty(), List.of())));
      return plan.get().steps().stream()
          .filter(step -> step.object().equals(object))
          .flatMap(step -> step.work().stream())
          .toList();
    }

    @Override
    public Set<String> failedVerbs() {
      return SelectOption.failedVerbs(context, name);
    }
  }
}
