package org.millrace.jobs;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Json;
import org.millrace.contracts.Partition;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.PlatformDefinition;
import org.millrace.features.lake.LakeLogs;
import org.millrace.features.sql.CanonicalSql;
import org.millrace.jobs.model.ModelCache;
import org.millrace.jobs.model.ViewsInUse;
import org.millrace.jobs.plan.DescribeModel;
import org.millrace.jobs.plan.DescribePartition;
import org.millrace.jobs.plan.DescribeRollout;
import org.millrace.jobs.plan.LakeReading;
import org.millrace.jobs.plan.PlanInputs;
import org.millrace.jobs.plan.PlanOptions;
import org.millrace.jobs.plan.PlanPipeline;
import org.millrace.jobs.plan.PlannedChampions;
import org.millrace.jobs.room.Failures;
import org.millrace.jobs.room.Progress;
import org.millrace.planning.ModelOverview;
import org.millrace.planning.PartitionStatus;
import org.millrace.planning.Plan;
import org.millrace.planning.RolloutOverview;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The program that makes a plan, or says what is known of one partition: on Spark's jars, without a
 * session. It reads the environment, prints its answer as one line of JSON, or a failed result
 * line, and writes nothing else.
 */
public final class PlanMain {
  private PlanMain() {}

  /** Arguments, as the {@code millrace} command passes them. */
  @Command(name = "millrace-plan")
  private static final class Arguments {
    @Parameters(index = "0")
    private @Nullable String pipeline;

    @Option(names = "--from")
    private @Nullable LocalDate from;

    @Option(names = "--to")
    private @Nullable LocalDate to;

    @Mixin private SplitArguments split = new SplitArguments();

    @Mixin private PlanArguments options = new PlanArguments();

    @Option(names = "--backfill")
    private boolean backfill;

    /** Whether it is said too what of the days is due. */
    @Option(names = "--due")
    private boolean due;

    /** Whether the versions of its model are listed, and nothing is planned. */
    @Option(names = "--models")
    private boolean models;

    /** Whether the rollouts of its model are shown, and nothing is planned. */
    @Option(names = "--rollout")
    private boolean rollout;

    /** Then the parameter is an object, and nothing is planned. */
    @Option(names = "--partition")
    private @Nullable String partition;

    @Option(names = "--conf", required = true)
    private @Nullable Path conf;

    @Option(names = "--home", required = true)
    private @Nullable Path home;

    @Option(names = "--lake", required = true)
    private @Nullable String lake;

    @Option(names = "--registry", required = true)
    private @Nullable String registry;

    private Optional<DayRange> days() {
      return from == null || to == null ? Optional.empty() : Optional.of(new DayRange(from, to));
    }
  }

  /** Makes a plan and exits with 0, or with the code of what is wrong. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ENGLISH); // texts are alike on all machines; Derby refuses ROOT
    PrintStream stdout = System.out;
    System.setOut(System.err); // whatever a library prints
    Thread preparing = new Thread(LakeReading::prepare, "prepare");
    preparing.setDaemon(true);
    preparing.start(); // while the arguments are read
    int exitCode = 0;
    String line;
    try {
      line = Json.write(answer(args));
    } catch (CommandLine.ParameterException e) {
      JobResult failed =
          JobResult.failed("plan", ErrorCategory.DEFINITION, "Cannot plan: " + e.getMessage(), 0);
      line = failed.toJsonLine();
      exitCode = failed.exitCode();
    } catch (Throwable e) { // Scala throws checked exceptions without declaring them
      JobResult failed = Failures.result("plan", "", e, 0, Optional.empty());
      line = failed.toJsonLine();
      exitCode = failed.exitCode();
    }

    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    stdout.write(bytes, 0, bytes.length);
    stdout.flush();
    Runtime.getRuntime().halt(exitCode); // nothing is open, and no hook has work
  }

  private static Object answer(String[] args) {
    Arguments arguments = new Arguments();
    new CommandLine(arguments).parseArgs(args);
    if (arguments.partition != null) {
      return status(arguments, Partition.parse(arguments.partition));
    }

    if (arguments.rollout) {
      return rollout(arguments);
    }

    return arguments.models ? models(arguments) : plan(arguments);
  }

  private static ModelOverview models(Arguments arguments) {
    String lake = requireNonNull(arguments.lake, "lake is null");
    Definitions definitions = definitions(arguments);
    PlatformDefinition platform = definitions.platform();
    Pipeline pipeline =
        Pipeline.of(definitions, requireNonNull(arguments.pipeline, "pipeline is null"));
    LakeReading reading = LakeReading.open(lake, platform.dayZone(), platform.spark());
    try (RegistryHolder registry = new RegistryHolder(platform.withoutRetries(), System.getenv())) {
      return new DescribeModel(reading, registry).of(pipeline);
    }
  }

  private static RolloutOverview rollout(Arguments arguments) {
    Definitions definitions = definitions(arguments);
    PlatformDefinition platform = definitions.platform();
    LakeReading reading =
        LakeReading.open(
            requireNonNull(arguments.lake, "lake is null"), platform.dayZone(), platform.spark());
    return new DescribeRollout(reading)
        .of(Pipeline.of(definitions, requireNonNull(arguments.pipeline, "pipeline is null")));
  }

  private static Definitions definitions(Arguments arguments) {
    Path home = requireNonNull(arguments.home, "home is null");
    return Definitions.load(
            requireNonNull(arguments.conf, "conf is null"), home, new CanonicalSql())
        .withLake(requireNonNull(arguments.lake, "lake is null"), home)
        .withRegistry("--registry", requireNonNull(arguments.registry, "registry is null"));
  }

  private static PartitionStatus status(Arguments arguments, Partition partition) {
    PlatformDefinition platform =
        Definitions.platformAlone(
                requireNonNull(arguments.conf, "conf is null"),
                requireNonNull(arguments.home, "home is null"))
            .platform();
    LakeReading reading =
        LakeReading.open(
            requireNonNull(arguments.lake, "lake is null"), platform.dayZone(), platform.spark());
    return new DescribePartition(reading)
        .of(requireNonNull(arguments.pipeline, "object is null"), partition);
  }

  private static Plan plan(Arguments arguments) {
    Path conf = requireNonNull(arguments.conf, "conf is null");
    Path home = requireNonNull(arguments.home, "home is null");
    String lake = requireNonNull(arguments.lake, "lake is null");
    PlatformDefinition platform = Definitions.platformAlone(conf, home).platform();
    // both are mostly classes that are loaded for the first time
    CompletableFuture<LakeLogs> logs =
        CompletableFuture.supplyAsync(() -> LakeReading.logs(lake, platform.spark()));
    CompletableFuture<LakeReading> reading =
        logs.thenApply(opened -> LakeReading.open(opened, platform.dayZone()));
    Definitions written = definitions(arguments);
    String name = requireNonNull(arguments.pipeline, "pipeline is null");
    Definitions definitions =
        arguments.days().map(days -> arguments.split.adjusted(written, name, days)).orElse(written);
    Progress progress = new StderrProgress(System.err);
    ModelCache cache = new ModelCache(Path.of(lake).resolve("models"), progress);
    Pipeline pipeline = ViewsInUse.pipeline(definitions, name, cache, progress);
    try (RegistryHolder registry =
        new RegistryHolder(definitions.platform().withoutRetries(), System.getenv())) {
      PlannedChampions champions = new PlannedChampions(pipeline, registry, cache, joined(logs));
      PlanOptions options = arguments.options.options(arguments.backfill);
      champions.ask(options.champions()); // while the ledger is read
      LakeReading read = joined(reading);
      PlanInputs inputs =
          new PlanInputs(read.ledger(), read.ledger().version(), read.sources(), Path.of(lake));
      Plan plan = new PlanPipeline(pipeline, inputs, options, champions).plan(arguments.days());
      return arguments.due ? withDue(plan, pipeline, inputs, champions) : plan;
    }
  }

  /** If nothing is undone, nothing is due. */
  private static Plan withDue(
      Plan plan, Pipeline pipeline, PlanInputs inputs, PlannedChampions champions) {
    boolean isPublished = !inputs.ledger().partitions(pipeline.scoring().predictions()).isEmpty();
    return plan.withDue(
        plan.isIdle() && isPublished
            ? Optional.of(plan)
            : PlanPipeline.due(pipeline, inputs, champions, plan.to()));
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
}
