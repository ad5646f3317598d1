package org.millrace.orchestration;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A job on the model of a pipeline, for which no days are named. */
@Command
abstract class ModelJobCommand implements Callable<Integer>, ResultPrinter {
  private static final String MEMORY = "4g";

  private final CommandContext context;
  private final Verb verb;

  @Spec private CommandSpec spec = CommandSpec.create();

  // the standard options would bring a --version of their own
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  boolean help;

  @Mixin WaitOption wait = new WaitOption();
  @Mixin LaunchOptions options = new LaunchOptions();
  @Mixin ResultOption result = new ResultOption();

  ModelJobCommand(CommandContext context, Verb verb) {
    this.context = requireNonNull(context, "context is null");
    this.verb = requireNonNull(verb, "verb is null");
  }

  CommandContext context() {
    return context;
  }

  /** The pipeline as it is named; empty for the only one. */
  abstract String pipeline();

  /** True for a job that changes nothing: a failed one need not be done again. */
  boolean isDryRun() {
    return false;
  }

  /** Arguments beside verb, pipeline and days. */
  abstract List<String> arguments();

  @Override
  public Integer call() {
    Calls calls = Calls.of(context, spec);
    JobLauncher launcher =
        options.printsCommand
            ? new JobLauncher(context, options)
            : calls.prepare(
                new CallKey(verb.word(), pipeline(), ""), () -> new JobLauncher(context, options));
    String name = launcher.pipeline(pipeline());
    RunKey key = new RunKey(name, verb.word(), JobCommand.ownDays(launcher.definitions(), name));
    List<String> others = new ArrayList<>(arguments());
    others.addAll(wait.arguments());
    IntSupplier job =
        () ->
            launcher.runJob(
                launcher.submission(JobCommand.arguments(key, others), MEMORY),
                key.toString(),
                result,
                true);
    return options.printsCommand || isDryRun() ? job.getAsInt() : calls.run(CallKey.of(key), job);
  }

  @Override
  public String name() {
    return (pipeline().isEmpty() ? "" : pipeline() + ".") + verb.word();
  }
}
