package org.millrace.jobs;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.FailureLog;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Status;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.PlatformDefinition;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.features.lake.Lake;
import org.millrace.features.lease.Leases;
import org.millrace.features.ledger.Ledger;
import org.millrace.jobs.doctor.Doctor;
import org.millrace.jobs.doctor.DoctorRequest;
import org.millrace.jobs.metastore.MetastoreAddress;
import org.millrace.jobs.model.ModelCache;
import org.millrace.jobs.model.ViewsInUse;
import org.millrace.jobs.readonly.ReadOnlySql;
import org.millrace.jobs.room.Failures;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.LostLedger;
import org.millrace.jobs.room.Progress;
import org.millrace.jobs.room.RoomRunner;
import org.millrace.jobs.sql.ServeSql;
import picocli.CommandLine;

/**
 * One verb with its arguments, from the texts of a command line to its result. A failure of any
 * kind is a result. Driver only.
 */
final class JobProgram {
  private final Surroundings surroundings;

  JobProgram(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** Runs it, with the name of this attempt. Never throws. */
  JobResult run(String[] args, String attempt) {
    long start = System.nanoTime();
    JobArguments arguments = new JobArguments();
    String runKey = args.length == 0 ? "" : args[0];
    try {
      if (FileArguments.areMeant(args)) {
        return new LookingJobs(surroundings).onFiles(args);
      }

      if (InitArguments.areMeant(args)) {
        return new LookingJobs(surroundings).init(args);
      }

      if (DefinitionArguments.areMeant(args)) {
        return new LookingJobs(surroundings).look(args);
      }

      new CommandLine(arguments).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(args);
      runKey = arguments.runKeyText();
      return run(arguments, attempt);
    } catch (CommandLine.ParameterException e) {
      return JobResult.failed(
          runKey,
          ErrorCategory.DEFINITION,
          "Cannot run: " + e.getMessage(),
          JobContext.secondsSince(start));
    } catch (Throwable e) { // Scala throws checked exceptions without declaring them
      return Failures.result(
          runKey,
          attempt,
          e,
          JobContext.secondsSince(start),
          ResultFile.home(args).map(FailureLog::new));
    }
  }

  private JobResult run(JobArguments arguments, String attempt) {
    Definitions definitions =
        arguments.adjusted(arguments.lake().inLake(arguments.definitions(), arguments.home()));
    String root = definitions.platform().lake();
    Map<String, String> settings = JobSettings.settings(definitions);
    if (arguments.needsMetastore()) {
      settings.putAll(JobSettings.metastore(root, arguments.isServing()));
    }

    if (arguments.isServing()) {
      settings.putAll(MetastoreAddress.thriftSettings(arguments.port(definitions)));
    }

    settings.putAll(definitions.platform().spark());
    if (arguments.verb() != Verb.SQL) {
      settings.putAll(JobSettings.databases(surroundings.environment()));
    }

    if (arguments.isServing()) {
      settings.putAll(JobSettings.login());
      settings.putAll(arguments.allowsWrites() ? Map.of() : ReadOnlySql.settings(settings));
    }

    SparkSession spark = surroundings.session(arguments.runKeyText(), settings);
    Lake lake = new Lake(spark, root, definitions.platform().dayZone());
    try (ShownProgress shown = ShownProgress.of(spark)) {
      return switch (arguments.verb()) {
        case SQL -> serve(arguments, definitions, lake, shown.progress());
        case DOCTOR -> examine(arguments, definitions, lake, attempt, shown.progress());
        default -> runRooms(arguments, definitions, lake, attempt, shown.progress());
      };
    } finally {
      surroundings.sessions().close(spark);
    }
  }

  private JobResult serve(
      JobArguments arguments, Definitions definitions, Lake lake, Progress progress) {
    return new ServeSql(
            lake, definitions, progress, arguments.port(definitions), arguments.allowsWrites())
        .serve();
  }

  private JobResult examine(
      JobArguments arguments,
      Definitions definitions,
      Lake lake,
      String attempt,
      Progress progress) {
    try (Leases leases =
        new Leases(lake, surroundings.clock(), definitions.platform().lease(), () -> {})) {
      DoctorRequest request =
          new DoctorRequest(
              arguments.rebuildsLedger(), arguments.publication(), arguments.attempt());
      return new Doctor(lake, leases, attempt, progress).run(request);
    }
  }

  private JobResult runRooms(
      JobArguments arguments,
      Definitions definitions,
      Lake lake,
      String attempt,
      Progress progress) {
    RunKey key = arguments.runKey();
    PlatformDefinition platform = definitions.platform();
    Clock clock = surroundings.clock();
    try (RegistryHolder registry = new RegistryHolder(platform, surroundings.environment());
        Leases leases =
            new Leases(
                lake, clock, platform.lease(), () -> lake.spark().sparkContext().cancelAllJobs())) {
      Ledger ledger = Ledger.open(lake, platform.changedOutside(), leases::isAtWork);
      if (arguments.verb() != Verb.REPORT) {
        LostLedger.warn(lake, ledger, progress);
      }

      ledger.onAppend(entries -> tell(entries, progress));
      JobContext context =
          new JobContext(
              lake.spark(),
              ViewsInUse.pipeline(
                  definitions, key.pipeline(), ModelCache.of(lake, progress), progress),
              lake,
              ledger,
              leases,
              registry,
              clock,
              arguments.home(),
              attempt,
              progress);
      Optional<FailureLog> traces = Optional.of(new FailureLog(arguments.home()));
      RoomRunner runner = new RoomRunner(context, arguments.waitForLeases(), traces);
      return new Rooms(context, runner, arguments.asked(user())).run(arguments.verb(), key);
    }
  }

  private static void tell(List<LedgerEntry> entries, Progress progress) {
    entries.stream()
        .filter(entry -> entry.status() == Status.DONE)
        .forEach(entry -> progress.made(entry.object(), entry.partition().text()));
  }

  /** Who started this program. */
  private String user() {
    String named = surroundings.environment().get("USER");
    return named == null || named.isBlank() ? System.getProperty("user.name", "") : named;
  }
}
