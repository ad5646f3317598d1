package org.millrace.orchestration;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.Definitions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What is wrong in the definitions, before a run finds it. */
@Command(
    mixinStandardHelpOptions = true,
    description = {
      "Find what is wrong in the definitions, before a run does: all errors at once, each with file"
          + " and line.",
      "Without --data, their form and what they name of one another, in less than a second. With"
          + " it, all SQL is analysed against the files' columns too, in one start of Spark; with --rows,"
          + " the rows of the newest days are read as well."
    })
final class CheckCommand implements Callable<Integer>, ResultPrinter {
  private static final int MOST_DAYS = 366;
  private static final String MEMORY = "2g";

  private final CommandContext context;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin LaunchOptions options = new LaunchOptions();
  @Mixin ResultOption result = new ResultOption();

  @Option(
      names = "--data",
      description =
          "Read the columns of all inputs, and hold SQL, keys, times, types and rules against them.")
  boolean data;

  @Option(
      names = "--rows",
      arity = "0..1",
      paramLabel = "DAYS",
      fallbackValue = "7",
      description =
          "Read the rows of the newest days too (default: 7), and note what is worth a look: windows"
              + " shorter than the delay of their events, columns that are nearly always null,"
              + " labels that come too early or too late, rules that the rows break.")
  @Nullable Integer rows;

  CheckCommand(CommandContext context) {
    this.context = requireNonNull(context, "context is null");
  }

  @Override
  public Integer call() {
    JobLauncher launcher = new JobLauncher(context, options); // refuses what it cannot read
    if (rows != null && (rows < 1 || rows > MOST_DAYS)) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot read the rows of %d days: --rows is a number from 1 to %d"
              .formatted(rows, MOST_DAYS));
    }

    if (!data && rows == null) {
      return tell(launcher.definitions());
    }

    if (!options.printsCommand) {
      UnusedDefinitions.of(launcher.definitions()).forEach(context.out()::println);
    }

    List<String> arguments =
        rows == null
            ? List.of(Verb.CHECK.word())
            : List.of(Verb.CHECK.word(), "--last-days", rows.toString());
    IntSupplier job =
        () -> launcher.runJob(launcher.submission(arguments, MEMORY), name(), result, false);
    return options.printsCommand
        ? job.getAsInt()
        : Calls.of(context, spec).run(new CallKey(name(), "", ""), job);
  }

  /** What was read is sound. */
  private int tell(Definitions definitions) {
    List<String> unused = UnusedDefinitions.of(definitions);
    if (result.json) {
      Map<String, Long> counts = Map.of("notes", (long) unused.size());
      unused.forEach(context.err()::println);
      context
          .out()
          .println(JobResult.done(name(), sentence(definitions), counts, Map.of(), 0).toJsonLine());
    } else {
      context.out().println(sentence(definitions));
      unused.forEach(context.out()::println);
    }

    return 0;
  }

  private static String sentence(Definitions definitions) {
    return "The definitions are sound: %s, %s, %s, %s; --data holds them against the files too"
        .formatted(
            counted(definitions.sources(), "source"),
            counted(definitions.views(), "view"),
            counted(definitions.spines(), "spine"),
            counted(definitions.training(), "model"));
  }

  private static String counted(Map<String, ?> definitions, String word) {
    return definitions.size() + " " + word + (definitions.size() == 1 ? "" : "s");
  }

  @Override
  public String name() {
    return Verb.CHECK.word();
  }
}
