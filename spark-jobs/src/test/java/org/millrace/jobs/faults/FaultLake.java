package org.millrace.jobs.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.millrace.contracts.definition.Definitions;
import org.millrace.features.lease.Leases;
import org.millrace.features.sql.CanonicalSql;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.TestRooms;
import org.millrace.registry.directory.DirectoryRegistry;

/** A home with definitions, a lake and a registry, which can be copied with all that is in it. */
final class FaultLake {
  /** The pipeline and its model. */
  static final String MODEL = "late_flight";

  private static final Map<String, List<String>> KEYS =
      Map.of(
          "raw.events",
          List.of("k", "event_timestamp"),
          "raw.asked",
          List.of("id"),
          "features.e",
          List.of("k", "event_timestamp", "known_at"),
          "predictions.m",
          List.of("id"),
          "training." + MODEL,
          List.of("id"));

  private final Path home;

  FaultLake(Path home) {
    this.home = home;
  }

  Path home() {
    return home;
  }

  /**
   * Writes the definitions.
   *
   * @param definition A; B: all x are 1000 more; C: a column of the view has another type; D: one
   *     of the source
   * @param inputs directory of the inputs, which is not copied with the home
   */
  FaultLake define(String definition, Path inputs) {
    new FaultDefinitions(home, inputs)
        .write(
            definition.equals("B") ? 1000 : 0,
            definition.equals("C") ? "string" : "int",
            definition.equals("D") ? "bigint" : "int");
    return this;
  }

  /** A context as a newly started program has it. */
  JobContext context() {
    return context(Clock.systemUTC());
  }

  /** The same, by another clock. */
  JobContext context(Clock clock) {
    JobContext plain =
        TestRooms.context(
            home.resolve("lake"),
            Definitions.load(home.resolve("conf"), home, new CanonicalSql()),
            () -> new DirectoryRegistry(home.resolve("registry")));
    return new JobContext(
        plain.spark(),
        plain.pipeline(),
        plain.lake(),
        plain.ledger(),
        new Leases(plain.lake(), clock, Duration.ofMinutes(5), () -> {}),
        plain.registry(),
        clock,
        plain.home(),
        plain.attempt(),
        (room, text) -> System.err.println("[" + room + "] " + text));
  }

  /** A copy of this home. */
  FaultLake copy(Path to) {
    try (Stream<Path> walked = Files.walk(home)) {
      for (Path file : walked.toList()) {
        Path target = to.resolve(home.relativize(file));
        if (!Files.isDirectory(file) || !Files.exists(target)) {
          Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return new FaultLake(to);
  }

  /** What an independent look at the files finds. */
  LakeChecker.Found check() {
    return new LakeChecker(home.resolve("lake"), KEYS).check();
  }

  /** All rows, without what differs from run to run. */
  Map<String, List<String>> contents() {
    return LakeContents.of(home.resolve("lake"));
  }

  /** Directories in the staging area, of all objects. */
  List<String> staged() {
    try (Stream<Path> walked = Files.walk(home.resolve("lake/staging"), 2)) {
      return walked
          .filter(path -> path.getNameCount() == home.getNameCount() + 4)
          .map(path -> home.relativize(path).toString())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
