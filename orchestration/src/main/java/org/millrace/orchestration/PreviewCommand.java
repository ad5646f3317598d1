package org.millrace.orchestration;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.Definitions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Rows of one object on the screen. */
@Command(
    mixinStandardHelpOptions = true,
    description = {
      "Show rows of a source, view, spine, label or training set of a day, as the files are now;"
          + " nothing is written.",
      "A source, or a view, can be looked at before there is a pipeline that uses it. Rows of a"
          + " training set have their label, and the features of all views as of each row."
    })
final class PreviewCommand implements Callable<Integer>, ResultPrinter {
  private static final String MEMORY = "2g";

  private final CommandContext context;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin LaunchOptions options = new LaunchOptions();
  @Mixin ResultOption result = new ResultOption();

  @Parameters(
      index = "0",
      paramLabel = "KIND",
      description = "What to look at: ${COMPLETION-CANDIDATES}.")
  Kind kind = Kind.SOURCE;

  @Parameters(
      index = "1",
      paramLabel = "NAME",
      description = "Its name, such as raw.loans for a source; of a training set the pipeline.")
  String name = "";

  @Option(
      names = "--date",
      paramLabel = "DAY",
      converter = DayOptions.IsoDay.class,
      description =
          "The day, such as 2024-03-01; a source without days needs none, and shows all of it. Of a label the day on"
              + " which it became known, not that of its row.")
  @Nullable LocalDate date;

  @Option(names = "--rows", paramLabel = "N", description = "How many rows at most; default: 20.")
  int rows = 20;

  @Option(names = "--explain", description = "Show the SQL with its bounds in place of rows.")
  boolean explain;

  /** What can be looked at. */
  enum Kind {
    SOURCE,
    VIEW,
    SPINE,
    LABEL,
    TRAINING;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  PreviewCommand(CommandContext context) {
    this.context = requireNonNull(context, "context is null");
  }

  @Override
  public Integer call() {
    if (rows < 1) {
      throw new MillraceException(
          ErrorCategory.DEFINITION, "Cannot show " + rows + " rows: --rows is a number from 1 on");
    }

    JobLauncher launcher = new JobLauncher(context, options);
    if (kind == Kind.SOURCE && launcher.definitions().sources().containsKey("raw." + name)) {
      name = "raw." + name;
    }

    requireThere(launcher.definitions());
    requireDay(launcher.definitions());
    List<String> arguments = new ArrayList<>(List.of(name()));
    arguments.addAll(List.of("--kind", kind.toString(), "--name", name));
    arguments.addAll(List.of("--rows", Integer.toString(rows)));
    if (date != null) {
      arguments.addAll(List.of("--date", date.toString()));
    }

    if (explain) {
      arguments.add("--explain");
    }

    IntSupplier job =
        () -> launcher.runJob(launcher.submission(arguments, MEMORY), name(), result, false);
    return options.printsCommand
        ? job.getAsInt()
        : Calls.of(context, spec).run(new CallKey(name(), "", ""), job);
  }

  /** Told before Spark starts. */
  private void requireThere(Definitions definitions) {
    switch (kind) {
      case SOURCE -> Definitions.named(definitions.sources(), "source", name);
      case VIEW -> Definitions.named(definitions.views(), "view", name);
      case SPINE -> Definitions.named(definitions.spines(), "spine", name);
      case LABEL -> Definitions.named(definitions.labels(), "label", name);
      case TRAINING -> Definitions.named(definitions.training(), "training", name);
    }
  }

  private void requireDay(Definitions definitions) {
    boolean isWhole =
        kind == Kind.SOURCE
            && Definitions.named(definitions.sources(), "source", name).day().isEmpty();
    if (date == null && !isWhole) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot show rows of %s %s without a day: give one with --date".formatted(kind, name));
    }
  }

  @Override
  public String name() {
    return Verb.PREVIEW.word();
  }
}
