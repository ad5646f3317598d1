package org.millrace.jobs.testing;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.UUID;
import java.util.function.Supplier;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.Ledger;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.JobContext;

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
        Definitions.load(HOME.resolve("conf"), HOME),
        () -> {
          throw new IllegalStateException("this test has no registry");
        });
  }

  /** A context as a newly started program has it. */
  public static JobContext context(
      Path lakeDirectory, Definitions definitions, Supplier<ModelRegistry> registry) {
    Lake lake =
        new Lake(TestSpark.session(), lakeDirectory.toString(), definitions.platform().dayZone());
    return new JobContext(
        TestSpark.session(),
        definitions,
        lake,
        Ledger.open(lake),
        registry,
        Clock.fixed(NOW, ZoneOffset.UTC),
        UUID.randomUUID().toString(),
        (room, text) -> {});
  }

  /** The run key of a room. */
  public static RunKey key(String room, String from, String to) {
    return new RunKey(
        "late_flight", room, new DayRange(LocalDate.parse(from), LocalDate.parse(to)));
  }
}
