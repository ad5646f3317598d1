package org.millrace.orchestration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Causes;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Verb;
import org.millrace.planning.Plan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code run}: days that are named, all that is due, or a plan that was kept. */
@Command
final class RunCommand extends JobCommand {
  @Mixin SplitOptions split = new SplitOptions();
  @Mixin SelectOption select = new SelectOption();
  @Mixin TreatOption treat = new TreatOption();

  @Option(
      names = "--catch-up",
      description =
          "All that is due until yesterday, or --to: days that were never made, or whose inputs"
              + " changed. Prints nothing if nothing is due.")
  boolean catchUp;

  @Option(
      names = "--max-days",
      paramLabel = "N",
      description = "With --catch-up: at most this many days, the oldest first.")
  @Nullable Integer mostDays;

  @Option(
      names = "--plan",
      paramLabel = "FILE",
      description = "What `millrace plan --json` wrote there, if that is still what would be done.")
  @Nullable Path plan;

  RunCommand(CommandContext context) {
    super(context, Verb.RUN);
  }

  @Override
  public Integer call() {
    if (mostDays != null && (!catchUp || mostDays < 1)) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use --max-days "
              + mostDays
              + ": it is a number from 1 on, and belongs to --catch-up");
    }

    if (plan != null) {
      return runPlan(context().workingDirectory().resolve(plan).normalize());
    }

    return catchUp ? runDue() : super.call();
  }

  private int runPlan(Path file) {
    boolean isMore =
        catchUp
            || days.isGiven()
            || !pipeline.named().isEmpty()
            || select.select != null
            || !treat.treated.isEmpty()
            || !split.arguments().isEmpty();
    if (isMore) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot run the plan in "
              + file
              + " with other words: pipeline, days and options are the plan's; give --plan alone");
    }

    Plan kept = read(file);
    List<String> words = kept.options();
    Verb verb =
        words.stream()
            .findFirst()
            .flatMap(Verb::of)
            .filter(of -> of.kind() == Verb.Kind.PIPELINE)
            .orElseThrow(
                () ->
                    new MillraceException(
                        ErrorCategory.DEFINITION,
                        "Cannot run the plan in "
                            + file
                            + ": it was made without days, or not to be run; make it with --date,"
                            + " or --from and --to"));
    List<String> others = new ArrayList<>(words.subList(1, words.size()));
    others.addAll(List.of("--plan", file.toString()));
    DayRange range = new DayRange(kept.from(), kept.to());
    return start(verb, kept.pipeline(), Optional.of(range), name -> others);
  }

  private static Plan read(Path file) {
    try {
      return Plan.parse(Files.readString(file), file.toString());
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot read a plan from "
              + file
              + ": "
              + Causes.words(e)
              + "; make one with `millrace plan --json`",
          e);
    }
  }

  /** A crontab line: what is not due needs neither Spark nor a word. */
  private int runDue() {
    if (days.date != null
        || days.from != null
        || !split.arguments().isEmpty()
        || !treat.treated.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot catch up with days of your choice: --catch-up finds the first day itself, takes"
              + " --to alone, and leaves what an earlier definition made anyway");
    }

    JobLauncher launcher = new JobLauncher(context(), options);
    String name = launcher.pipeline(pipeline.named());
    LocalDate last = days.to == null ? yesterday(launcher) : days.to;
    List<String> words = otherArguments(name);
    Plan due = new PlanProgram(launcher).plan(name, Optional.of(DayRange.of(last)), words);
    return due.isIdle()
        ? 0
        : start(Verb.RUN, name, Optional.of(new DayRange(due.from(), due.to())), of -> words);
  }

  private LocalDate yesterday(JobLauncher launcher) {
    return context()
        .clock()
        .instant()
        .atZone(launcher.definitions().platform().dayZone())
        .toLocalDate()
        .minusDays(1);
  }

  @Override
  List<String> otherArguments(String name) {
    List<String> words = new ArrayList<>(split.arguments());
    words.addAll(treat.arguments());
    words.addAll(select.arguments(context(), name));
    if (catchUp) {
      words.add("--catch-up");
    }

    if (mostDays != null) {
      words.addAll(List.of("--max-days", mostDays.toString()));
    }

    return words;
  }
}
