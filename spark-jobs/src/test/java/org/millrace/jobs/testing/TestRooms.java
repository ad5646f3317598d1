package org.millrace.jobs.testing;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.features.lake.Lake;
import org.millrace.features.lease.Lease;
import org.millrace.features.lease.Leases;
import org.millrace.features.ledger.Ledger;
import org.millrace.features.sql.CanonicalSql;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.Asked;
import org.millrace.jobs.Rooms;
import org.millrace.jobs.model.ModelCache;
import org.millrace.jobs.model.ViewsInUse;
import org.millrace.jobs.plan.RunOptions;
import org.millrace.jobs.room.Claims;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;
import org.millrace.jobs.room.RoomResult;
import org.millrace.jobs.room.RoomRunner;

/** Makes contexts over a lake in a test's own directory, with the shipped definitions and data. */
public final class TestRooms {
  /** The project's home. */
  public static final Path HOME = Path.of(System.getProperty("millrace.home"));

  private static final Instant NOW = Instant.parse("2014-01-02T12:00:00Z");

  private TestRooms() {}

  /** A context as a newly started program has it, without a registry. */
  public static JobContext context(Path lakeDirectory) {
    return context(
        lakeDirectory,
        Definitions.load(HOME.resolve("conf"), HOME, new CanonicalSql()),
        () -> {
          throw new IllegalStateException("this test has no registry");
        });
  }

  /** A context as a newly started program has it. */
  public static JobContext context(
      Path lakeDirectory, Definitions definitions, Supplier<ModelRegistry> registry) {
    Lake lake =
        new Lake(TestSpark.session(), lakeDirectory.toString(), definitions.platform().dayZone());
    return context(
        lakeDirectory,
        ViewsInUse.pipeline(
            definitions,
            "late_flight",
            ModelCache.of(lake, (room, text) -> {}),
            (room, text) -> {}),
        registry);
  }

  /** A context as a newly started program has it. */
  public static JobContext context(
      Path lakeDirectory, Pipeline pipeline, Supplier<ModelRegistry> registry) {
    Lake lake =
        new Lake(TestSpark.session(), lakeDirectory.toString(), pipeline.platform().dayZone());
    Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    return new JobContext(
        TestSpark.session(),
        pipeline,
        lake,
        Ledger.open(lake),
        new Leases(lake, clock, Duration.ofMinutes(5), () -> {}),
        registry,
        clock,
        HOME,
        UUID.randomUUID().toString(),
        (room, text) -> {});
  }

  /**
   * A pipeline of all sources and views that there are. What comes after them is the shipped
   * pipeline's, and never looked at.
   */
  public static Pipeline upToViews(Definitions own) {
    Pipeline shipped =
        Pipeline.of(
            Definitions.load(HOME.resolve("conf"), HOME, new CanonicalSql()), "late_flight");
    return new Pipeline(
        shipped.name(),
        own.platform(),
        List.copyOf(own.sources().values()),
        List.copyOf(own.views().values()),
        shipped.spine(),
        shipped.training(),
        shipped.gate(),
        shipped.scoring(),
        shipped.monitoring());
  }

  /**
   * Runs a room as its runner does, but for what it throws: that comes out as it is.
   *
   * @param room makes it, such as {@code IngestSources::new}
   */
  public static <R extends RoomResult> R run(
      JobContext context, RunKey key, BiFunction<JobContext, RunKey, Room<R>> room) {
    Room<R> opened = room.apply(context, key);
    try (Lease lease =
        context
            .leases()
            .acquire(
                key,
                context.attempt(),
                Claims.of(opened.verb(), context.pipeline(), key.days()),
                Duration.ZERO)) {
      context.ledger().refresh();
      return opened.run(lease);
    }
  }

  /** {@link #run}, as the room's result line. */
  public static <R extends RoomResult> JobResult line(
      JobContext context, RunKey key, BiFunction<JobContext, RunKey, Room<R>> room) {
    return run(context, key, room).line(key, context.attempt(), 0);
  }

  /** Runs what a verb opens, as {@code Main} does. */
  public static JobResult job(JobContext context, RunKey key) {
    return new Rooms(context, new RoomRunner(context, Duration.ZERO, Optional.empty()))
        .run(Verb.of(key.room()).orElseThrow(), key);
  }

  /** The run key of a room. */
  public static RunKey key(String room, String from, String to) {
    return new RunKey(
        "late_flight", room, new DayRange(LocalDate.parse(from), LocalDate.parse(to)));
  }

  /** Runs several rooms as a newly started program, with what a person asks beside the days. */
  public static JobResult job(JobContext context, RunKey key, RunOptions options) {
    return new Rooms(context, runner(context), Asked.of(options))
        .run(Verb.of(key.room()).orElseThrow(), key);
  }

  /** The room that scores with the champion of now. */
  public static Room<?> score(JobContext context, RunKey key) {
    return new Rooms(context, runner(context)).open(Verb.SCORE, key);
  }

  /** The room that publishes what the champion of now scored. */
  public static Room<?> publish(JobContext context, RunKey key) {
    return new Rooms(context, runner(context)).open(Verb.PUBLISH, key);
  }

  private static RoomRunner runner(JobContext context) {
    return new RoomRunner(context, Duration.ZERO, Optional.empty());
  }
}
