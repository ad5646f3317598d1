package org.millrace.jobs.faults;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.Asked;
import org.millrace.jobs.Rooms;
import org.millrace.jobs.model.Champions;
import org.millrace.jobs.plan.PlanOptions;
import org.millrace.jobs.plan.RunOptions;
import org.millrace.jobs.room.Claims;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;
import org.millrace.jobs.room.RoomResult;
import org.millrace.jobs.room.RoomRunner;
import org.millrace.jobs.testing.TestRooms;

/** Runs rooms one after the other, in this JVM, or as a program that a fault can end. */
final class FaultRooms {
  private static final String CANDIDATE = "candidate";

  private FaultRooms() {}

  /** {@code FaultRooms HOME step...}: runs the rooms as Main does, to the first failure. */
  public static void main(String[] arguments) {
    FaultLake lake = new FaultLake(Path.of(arguments[0]));
    List<String> steps = List.of(arguments).subList(1, arguments.length);
    int code = 0;
    for (String step : steps) {
      JobResult result = command(lake.context(), step);
      System.out.println(result.toJsonLine());
      code = result.exitCode();
      if (result.outcome() == Outcome.FAILED) {
        break;
      }
    }

    System.out.flush();
    Runtime.getRuntime().halt(code); // a Spark that ends in order takes a second
  }

  /**
   * Runs a room, or all of a pipeline, with all that is around rooms; never throws.
   *
   * @param step {@code verb/from/to}, and after a further slash {@code catch-up} or {@code
   *     restate=OBJECT}
   */
  static JobResult command(JobContext context, String step) {
    RunKey key = key(step);
    return new Rooms(context, runner(context), Asked.of(options(step)))
        .run(Verb.of(key.room()).orElseThrow(), key);
  }

  private static RunOptions options(String step) {
    String[] words = step.split("/", -1);
    String option = words.length > 3 ? words[3] : "";
    return new RunOptions(
        new PlanOptions(
            "",
            Set.of(),
            option.equals("catch-up"),
            OptionalInt.empty(),
            words[0].equals(Verb.BACKFILL.word()),
            option.startsWith("restate=")
                ? List.of(option.substring("restate=".length()))
                : List.of(),
            List.of(),
            Champions.NOW),
        Optional.empty());
  }

  /** Whether a step is a whole pipeline. */
  static boolean isPipeline(String step) {
    return Verb.of(key(step).room()).orElseThrow().kind() == Verb.Kind.PIPELINE;
  }

  /** Runs rooms, each in a newly started program; what they throw comes out as it is. */
  static void run(FaultLake lake, String... steps) {
    for (String step : steps) {
      if (isPipeline(step)) {
        JobResult result = command(lake.context(), step);
        if (result.exitCode() != 0) {
          throw new IllegalStateException(step + ": " + result.message());
        }
      } else {
        run(lake.context(), step);
      }
    }
  }

  /** Runs one room; what it throws comes out as it is. */
  static RoomResult run(JobContext context, String step) {
    RunKey key = key(step);
    Verb verb = Verb.of(key.room()).orElseThrow();
    Room<?> room = new Rooms(context, runner(context)).open(verb, key);
    try (Lease lease =
        context
            .leases()
            .acquire(
                key,
                context.attempt(),
                Claims.of(verb, context.pipeline(), key.days()),
                Duration.ZERO)) {
      context.ledger().refresh();
      return room.run(lease);
    }
  }

  /** Registers a candidate of a weight. */
  static void candidate(FaultLake lake, double weight) {
    JobContext context = lake.context(Clock.systemUTC());
    FaultCandidate.register(context, key(CANDIDATE + "/2013-01-01/2013-01-03"), weight);
  }

  private static RoomRunner runner(JobContext context) {
    return new RoomRunner(context, Duration.ZERO, Optional.empty());
  }

  private static RunKey key(String step) {
    String[] words = step.split("/", -1);
    return TestRooms.key(words[0], words[1], words[2]);
  }

  /** All rooms of one day, but those that train. */
  static String[] day(String day) {
    return List.of("ingest", "materialize", "validate", "score", "publish", "monitor").stream()
        .map(room -> room + "/" + day + "/" + day)
        .toArray(String[]::new);
  }
}
