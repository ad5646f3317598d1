package org.millrace.orchestration;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Verb;
import org.millrace.orchestration.plan.PlanText;
import org.millrace.planning.Plan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a run of a pipeline would do, and why. Starts no Spark and changes nothing. */
@Command(
    mixinStandardHelpOptions = true,
    description = {
      "Show what a run would do, and why; nothing is started or written.",
      "Without days: all days that the ledger knows of the pipeline."
    })
final class PlanCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin PipelineParameter pipeline = new PipelineParameter();

  @Mixin DayOptions days = new DayOptions();
  @Mixin SplitOptions split = new SplitOptions();
  @Mixin SelectOption select = new SelectOption();
  @Mixin BackfillOptions backfill = new BackfillOptions();
  @Mixin TreatOption treat = new TreatOption();

  @Option(
      names = "--catch-up",
      description = "What `run --catch-up` would do until --to; default: until yesterday.")
  boolean catchUp;

  @Option(
      names = "--max-days",
      paramLabel = "N",
      description = "With --catch-up: at most this many days, the oldest first.")
  @Nullable Integer mostDays;

  @Mixin ConfOption options = new ConfOption();

  @Option(names = "--json", description = "Print JSON; docs/plan.md describes it.")
  boolean json;

  @Option(names = "--explain", description = "Show also what is read for each object.")
  boolean explain;

  PlanCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    JobLauncher launcher = new JobLauncher(context, options.launch());
    String name = launcher.pipeline(pipeline.named());
    List<String> words = words(name);
    List<String> asked = new ArrayList<>(words);
    if (backfill.isGiven()) {
      asked.add("--backfill");
    }

    Plan plan =
        new PlanProgram(launcher)
            .plan(name, range(launcher), asked)
            .withOptions(isOfDays() ? command(words) : List.of());
    if (json) {
      context.out().println(Json.write(plan));
      return 0;
    }

    new PlanText(plan, explain).lines().forEach(context.out()::println);
    if (!plan.isIdle() && !isOfDays()) {
      context
          .out()
          .println("Give --date, --from and --to, or --catch-up, to see what such a run would do.");
    } else if (!plan.isIdle()) {
      context.out().println("Do it: " + launcher.typed(next(plan).toArray(String[]::new)));
    }

    return 0;
  }

  /** Of all days that are known, no run is the same: it would score days that nobody asked for. */
  private boolean isOfDays() {
    return catchUp || days.isGiven();
  }

  private Optional<DayRange> range(JobLauncher launcher) {
    if (mostDays != null && (!catchUp || mostDays < 1)) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use --max-days "
              + mostDays
              + ": it is a number from 1 on, and belongs to --catch-up");
    }

    if (!catchUp) {
      return days.range();
    }

    if (days.date != null || days.from != null || backfill.isGiven() || !treat.treated.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot plan to catch up with days of your choice: --catch-up finds the first day itself,"
              + " takes --to alone, and leaves what an earlier definition made anyway");
    }

    ZoneId zone = launcher.definitions().platform().dayZone();
    LocalDate yesterday = context.clock().instant().atZone(zone).toLocalDate().minusDays(1);
    return Optional.of(DayRange.of(days.to == null ? yesterday : days.to));
  }

  private List<String> words(String name) {
    List<String> words = new ArrayList<>(split.arguments());
    words.addAll(backfill.arguments());
    words.addAll(treat.arguments());
    words.addAll(select.arguments(context, name));
    if (catchUp) {
      words.add("--catch-up");
    }

    if (mostDays != null) {
      words.addAll(List.of("--max-days", mostDays.toString()));
    }

    return words;
  }

  private List<String> command(List<String> words) {
    List<String> command = new ArrayList<>();
    command.add((backfill.isGiven() ? Verb.BACKFILL : Verb.RUN).word());
    command.addAll(words);
    return command;
  }

  /** As a person types it: rooms that failed are found again. */
  private List<String> next(Plan plan) {
    List<String> command = command(words(plan.pipeline()));
    List<String> options = new ArrayList<>(command.subList(1, command.size()));
    int failed = options.indexOf("--failed");
    if (failed >= 0) {
      options.subList(failed, failed + 2).clear();
    }

    List<String> words = new ArrayList<>(List.of(command.get(0), plan.pipeline()));
    if (catchUp) {
      words.addAll(List.of("--to", plan.to().toString()));
    } else {
      words.addAll(
          plan.from().equals(plan.to())
              ? List.of("--date", plan.from().toString())
              : List.of("--from", plan.from().toString(), "--to", plan.to().toString()));
    }

    words.addAll(options);
    return words;
  }
}
