package org.millrace.orchestration;

import static java.util.stream.Collectors.toSet;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RunKey;
import org.millrace.orchestration.plan.DayStrips;
import org.millrace.orchestration.plan.NextText;
import org.millrace.orchestration.plan.PartitionText;
import org.millrace.orchestration.service.MlflowServer;
import org.millrace.planning.PartitionStatus;
import org.millrace.planning.Plan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * What is done of a pipeline, as a strip of days for each object; which servers are up; what failed
 * or was killed and has not ended well since; and what ran last: the newest result lines in {@code
 * <home>/.millrace/results}. Starts no Spark and changes nothing.
 */
@Command(
    mixinStandardHelpOptions = true,
    description = {
      "Show what is done, day by day, which servers are up, what failed and what ran last.",
      "The days are the newest of those that the ledger knows.",
      "With --date: what is known of one day of an object, such as predictions.late_flight."
    })
final class StatusCommand implements Callable<Integer> {
  private static final int SHOWN = 10;

  /** More than are shown: failed ones among them are in another list. */
  private static final int RESULTS_READ = 100;

  private static final int DAYS_SHOWN = 28;

  private final CommandContext context;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "PIPELINE|OBJECT",
      description = {
        "Name in conf/training; default: all there. Or an object as the strips name it, with its"
            + " day in --date; an object without days, without --date."
      })
  @Nullable String pipeline;

  @Mixin ConfOption options = new ConfOption();

  @Option(names = "--date", paramLabel = "DAY", description = "A day of the object.")
  @Nullable LocalDate date;

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  StatusCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws JsonProcessingException {
    JobLauncher launcher = new JobLauncher(context, options.launch());
    if (date != null || isObject(launcher)) {
      return describe(launcher);
    }

    // the servers answer, and files are read, while the plans are made in programs of their own
    CompletableFuture<Map<String, String>> asked =
        CompletableFuture.supplyAsync(() -> services(launcher));
    CompletableFuture<Ran> reading = CompletableFuture.supplyAsync(this::ran);
    Map<String, Plan> plans = new LinkedHashMap<>();
    Map<String, String> withoutPlan = new LinkedHashMap<>();
    for (String name : pipelines(launcher)) {
      try {
        plans.put(name, new PlanProgram(launcher).plan(name, Optional.empty(), List.of("--due")));
      } catch (MillraceException e) { // the rest of the status is wanted all the more
        withoutPlan.put(name, String.valueOf(e.getMessage()));
      }
    }

    Map<String, String> services = joined(asked);
    Ran ran = joined(reading);
    Map<String, Instant> atWork = ran.atWork();
    List<FailedRun> allFailed = ran.failed();
    List<FailedRun> failed =
        allFailed.stream().filter(run -> pipeline == null || run.key().isOf(pipeline)).toList();
    List<JobResult> results = ran.results();
    if (json) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("plans", plans);
      all.put("without_plan", withoutPlan);
      all.put("services", services);
      all.put("at_work", atWork);
      all.put("failed", failed.stream().map(FailedRun::shown).toList());
      all.put("results", results.stream().limit(SHOWN).toList());
      context.out().println(Json.MAPPER.writeValueAsString(all));
      return 0;
    }

    plans.values().forEach(plan -> show(launcher, plan, keys(atWork.keySet()), failedKeys(failed)));
    withoutPlan.forEach((name, why) -> context.out().println(name + ": " + why));
    services.forEach((name, state) -> context.out().printf("%-8s %s%n", name, state));
    atWork.forEach(
        (key, since) ->
            context
                .out()
                .printf("at work  %s since %s%n", key, since.truncatedTo(ChronoUnit.SECONDS)));
    showFailed(failed);
    Set<String> said = allFailed.stream().map(run -> run.key().toString()).collect(toSet());
    results.stream()
        .filter(result -> result.outcome() != Outcome.FAILED || !said.contains(result.runKey()))
        .limit(SHOWN)
        .forEach(
            result ->
                context
                    .out()
                    .printf(
                        "%-14s %-45s %s%n", result.outcome(), result.runKey(), result.message()));
    return 0;
  }

  /**
   * What the home's files say of programs.
   *
   * @param atWork since when, by key
   * @param failed the newest first
   * @param results the newest first
   */
  private record Ran(
      Map<String, Instant> atWork, List<FailedRun> failed, List<JobResult> results) {}

  private Ran ran() {
    FailedRuns runs = new FailedRuns(context);
    return new Ran(
        runs.atWork(), runs.newestFirst(), new LastResults(context).newestFirst(RESULTS_READ));
  }

  /** A name with a dot that is no pipeline's. */
  private boolean isObject(JobLauncher launcher) {
    return pipeline != null
        && pipeline.contains(".")
        && !launcher.definitions().training().containsKey(pipeline);
  }

  private int describe(JobLauncher launcher) throws JsonProcessingException {
    if (pipeline == null) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot show what is known of "
              + date
              + ": name an object, such as `millrace status raw.flights --date "
              + date
              + "`");
    }

    Partition partition = date == null ? Partition.whole() : Partition.of(date);
    PartitionStatus status = new PlanProgram(launcher).status(pipeline, partition);
    if (json) {
      context.out().println(Json.MAPPER.writeValueAsString(status));
    } else {
      PartitionText.lines(status).forEach(context.out()::println);
    }

    return 0;
  }

  private Collection<String> pipelines(JobLauncher launcher) {
    return pipeline == null
        ? launcher.definitions().training().keySet()
        : List.of(launcher.pipeline(pipeline));
  }

  private Map<String, String> services(JobLauncher launcher) {
    Map<String, String> services = new LinkedHashMap<>();
    MlflowServer mlflow = Quickstart.mlflow(context);
    services.put("mlflow", mlflow.isUp() ? mlflow.url() : "down");
    services.put("sql", new SqlSession(context, launcher).server().url().orElse("down"));
    return services;
  }

  private static <T> T joined(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }

      throw e;
    }
  }

  private static List<RunKey> keys(Collection<String> texts) {
    return texts.stream().flatMap(text -> RunKey.parse(text).stream()).toList();
  }

  /** By the room that failed. */
  private static List<RunKey> failedKeys(List<FailedRun> failed) {
    return failed.stream()
        .flatMap(
            run ->
                RunKey.parse(run.key().toString())
                    .map(key -> new RunKey(key.pipeline(), run.room(), key.days()))
                    .stream())
        .toList();
  }

  private void show(JobLauncher launcher, Plan plan, List<RunKey> atWork, List<RunKey> failed) {
    DayStrips strips = new DayStrips(plan, DAYS_SHOWN, atWork, failed);
    context
        .out()
        .printf(
            "%s, %s to %s, %s%n",
            plan.pipeline(),
            strips.shown().from(),
            strips.shown().to(),
            plan.champion().isEmpty()
                ? "no champion"
                : "champion "
                    + plan.champion()
                    + plan.championSince()
                        .map(since -> " since " + since.truncatedTo(ChronoUnit.SECONDS))
                        .orElse(""));
    strips.strips().forEach((object, strip) -> context.out().printf("  %-36s %s%n", object, strip));
    context.out().println("  " + DayStrips.LEGEND);
    plan.notes().forEach(note -> context.out().println("  note: " + note));
    String next =
        plan.isIdle()
            ? "nothing is undone from " + plan.from() + " to " + plan.to()
            : "undone work: " + launcher.typed("plan", plan.pipeline()) + " shows what and why";
    context.out().println("  " + next);
    new NextText(plan, yesterday(launcher), launcher.typed("run", plan.pipeline(), "--catch-up"))
        .lines()
        .forEach(line -> context.out().println("  " + line));
  }

  private LocalDate yesterday(JobLauncher launcher) {
    return context
        .clock()
        .instant()
        .atZone(launcher.definitions().platform().dayZone())
        .toLocalDate()
        .minusDays(1);
  }

  private void showFailed(List<FailedRun> failed) {
    failed.stream()
        .limit(SHOWN)
        .forEach(
            run ->
                context
                    .out()
                    .printf(
                        "failed   %s at %s, %s: %s%n",
                        run.key(),
                        run.at().truncatedTo(ChronoUnit.SECONDS),
                        run.ending(),
                        run.message()));
    if (failed.size() > SHOWN) {
      context.out().printf("         and %s more that failed%n", failed.size() - SHOWN);
    }

    if (!failed.isEmpty()) {
      String retry = "bin/millrace retry" + (pipeline == null ? "" : " " + pipeline);
      context
          .out()
          .printf("         run the newest again: %s; list all of them: %s --list%n", retry, retry);
    }
  }
}
