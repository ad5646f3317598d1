package org.millrace.orchestration;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.Pipeline;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * One job: checks the definitions and the arguments, then runs {@code spark-submit} in the
 * foreground. The job's stdout, stderr and exit code are passed on as they are; if it cannot even
 * start, {@link Failures} writes the result line.
 */
@Command
class JobCommand implements Callable<Integer>, ResultPrinter {
  private static final String MEMORY = "4g";

  private final CommandContext context;
  private final Verb verb;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin PipelineParameter pipeline = new PipelineParameter();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  boolean help;

  @Mixin WaitOption wait = new WaitOption();
  @Mixin DayOptions days = new DayOptions();
  @Mixin LaunchOptions options = new LaunchOptions();
  @Mixin ResultOption result = new ResultOption();

  JobCommand(CommandContext context, Verb verb) {
    this.context = requireNonNull(context, "context is null");
    this.verb = requireNonNull(verb, "verb is null");
  }

  /** {@code gate}, of which a person may name the version. */
  @Command
  static final class Gate extends JobCommand {
    @Option(
        names = "--version",
        paramLabel = "N",
        converter = VersionNumber.class,
        description =
            "Judge this version of the registry, whoever made it; default: the pipeline's newest"
                + " candidate.")
    @Nullable String version;

    @Option(
        names = "--dry-run",
        description =
            "Judge, and change nothing: no verdict is kept, no alias moved. Exit 66 if the version"
                + " would be rejected.")
    boolean dryRun;

    Gate(CommandContext context) {
      super(context, Verb.GATE);
    }

    @Override
    boolean isDryRun() {
      return dryRun;
    }

    @Override
    List<String> otherArguments(String name) {
      List<String> arguments = new ArrayList<>();
      if (dryRun) {
        arguments.add("--dry-run");
      }

      if (version == null) {
        return arguments;
      }

      arguments.addAll(List.of("--version", version));
      return arguments;
    }
  }

  /** {@code unpublish}, of which a person says why, and perhaps what they saw. */
  @Command
  static final class Unpublish extends JobCommand {
    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        description =
            "Why, in one line; kept in the ledger, in the table's log and in the registry.")
    @Nullable String reason;

    @Option(
        names = "--seen",
        paramLabel = "VERSION",
        description =
            "Take back what this version of the prediction table shows, also if that is what an"
                + " earlier call brought back; default: days that were taken back stay as they"
                + " are.")
    @Nullable Long seen;

    Unpublish(CommandContext context) {
      super(context, Verb.UNPUBLISH);
    }

    @Override
    List<String> otherArguments(String name) {
      List<String> arguments = new ArrayList<>();
      if (reason != null) {
        arguments.addAll(List.of("--reason", reason));
      }

      if (seen != null) {
        arguments.addAll(List.of("--seen", seen.toString()));
      }

      return arguments;
    }
  }

  CommandContext context() {
    return context;
  }

  /** True for a job that changes nothing: a failed one need not be done again. */
  boolean isDryRun() {
    return false;
  }

  /**
   * Arguments beside verb, pipeline and days.
   *
   * @param name of the pipeline
   */
  List<String> otherArguments(String name) {
    return List.of();
  }

  @Override
  public Integer call() {
    Optional<DayRange> range = days.range();
    if (range.isEmpty() && !verb.hasOwnDays()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot "
              + verb.word()
              + ": no day given; add --date such as 2024-03-01, or --from and --to");
    }

    String named = pipeline.named();
    return start(verb, named, range, this::otherArguments);
  }

  /**
   * Starts the job.
   *
   * @param named the pipeline; empty for the only one
   * @param range empty for the days that the definitions pin
   * @param words other arguments, by the pipeline's name
   */
  int start(Verb of, String named, Optional<DayRange> range, Function<String, List<String>> words) {
    Calls calls = Calls.of(context, spec);
    JobLauncher launcher =
        options.printsCommand
            ? new JobLauncher(context, options)
            : calls.prepare(
                new CallKey(of.word(), named, range.map(DayRange::toString).orElse("")),
                () -> new JobLauncher(context, options));
    String name = launcher.pipeline(named);
    DayRange worked = range.orElseGet(() -> ownDays(launcher.definitions(), name));
    RunKey key = new RunKey(name, of.word(), worked);
    List<String> others = new ArrayList<>(words.apply(key.pipeline()));
    others.addAll(wait.arguments());

    IntSupplier job =
        () ->
            launcher.runJob(
                launcher.submission(arguments(key, others), MEMORY), key.toString(), result, true);
    return options.printsCommand || isDryRun() ? job.getAsInt() : calls.run(CallKey.of(key), job);
  }

  /** From the first day of training to the last of the gate. */
  static DayRange ownDays(Definitions definitions, String name) {
    Pipeline pipeline = Pipeline.of(definitions, name);
    return new DayRange(pipeline.training().days().from(), pipeline.gate().days().to());
  }

  @Override
  public String name() {
    return (pipeline.named().isEmpty() ? "" : pipeline.named() + ".") + verb.word();
  }

  /** {@code Main}'s arguments for a run. */
  static List<String> arguments(RunKey key, List<String> others) {
    List<String> arguments = new ArrayList<>(List.of(key.room(), key.pipeline()));
    arguments.addAll(List.of("--from", key.days().from().toString()));
    arguments.addAll(List.of("--to", key.days().to().toString()));
    arguments.addAll(others);
    return arguments;
  }
}
