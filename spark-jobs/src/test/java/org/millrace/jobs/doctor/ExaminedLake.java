package org.millrace.jobs.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.definition.Definitions;
import org.millrace.features.lake.Lake;
import org.millrace.features.lease.Leases;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.spine.PipelineDirectory;
import org.millrace.jobs.spine.PipelineRows;
import org.millrace.jobs.testing.TestRooms;

/** A lake that rooms filled up to a training set, to be damaged by tests in copies of it. */
final class ExaminedLake {
  /** The rooms that filled it. */
  static final List<RunKey> KEYS =
      List.of(
          key("ingest", PipelineRows.DAYS.from().toString(), "2013-03-13"),
          key("materialize", PipelineRows.DAYS.from().toString(), "2013-03-12"),
          key("validate", PipelineRows.DAYS.from().toString(), "2013-03-12"),
          key("materialize", "2013-03-13", "2013-03-13"),
          key("validate", "2013-03-13", "2013-03-13"),
          key("training-set", "2013-03-09", "2013-03-13"));

  private static final String FEW_AGGREGATES =
      """
      features:
        x: {type: double, description: X}
      aggregates:
        c: {of: count() over 23h, type: bigint, description: C}
        s: {of: sum(x) over 36h, type: double, description: S}
      """;

  /** That of the rooms' contexts. */
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2014-01-02T12:00:00Z"), ZoneOffset.UTC);

  private final Path lake;
  private final Definitions definitions;
  private final List<String> said = new ArrayList<>();

  private ExaminedLake(Path lake, Definitions definitions) {
    this.lake = lake;
    this.definitions = definitions;
  }

  /** Fills a lake; the ledger as it was before the last day's features is kept beside it. */
  static ExaminedLake fill(Path home) {
    PipelineDirectory pipeline = new PipelineDirectory(home);
    pipeline.view("e", "SELECT k, event_timestamp, known_at, x, n FROM events", FEW_AGGREGATES);
    PipelineRows.write(pipeline, 2000);
    ExaminedLake filled = new ExaminedLake(home.resolve("lake"), pipeline.definitions());
    for (RunKey key : KEYS) {
      if (key.equals(KEYS.get(3))) {
        copy(filled.directory("ops.ledger"), home.resolve("ledger-before"));
      }

      JobResult result = filled.run(key);
      assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.DONE);
    }

    return filled;
  }

  /** The same lake in another place. */
  ExaminedLake copyTo(Path other) {
    copy(lake, other);
    return new ExaminedLake(other, definitions);
  }

  JobContext context() {
    return TestRooms.context(
        lake,
        definitions,
        () -> {
          throw new IllegalStateException("this test has no registry");
        });
  }

  JobResult run(RunKey key) {
    return TestRooms.job(context(), key);
  }

  JobResult examine() {
    return ask(new DoctorRequest(false, Optional.empty(), Optional.empty()));
  }

  JobResult rebuild() {
    return ask(new DoctorRequest(true, Optional.empty(), Optional.empty()));
  }

  /** Asks for a rebuild with the zone of other definitions. */
  JobResult rebuildIn(ZoneId zone) {
    return ask(new DoctorRequest(true, Optional.empty(), Optional.empty()), zone);
  }

  JobResult publication(String runKey, Optional<String> attempt) {
    return ask(new DoctorRequest(false, Optional.of(runKey), attempt));
  }

  private JobResult ask(DoctorRequest request) {
    return ask(request, definitions.platform().dayZone());
  }

  private JobResult ask(DoctorRequest request, ZoneId zone) {
    said.clear();
    // not a room's context, which needs a ledger that can be read
    Lake examined = new Lake(TestSpark.session(), lake.toString(), zone);
    try (Leases leases = new Leases(examined, CLOCK, Duration.ofMinutes(5), () -> {})) {
      return new Doctor(examined, leases, "examination", (room, text) -> said.add(text))
          .run(request);
    }
  }

  /** What the last examination said. */
  List<String> said() {
    return said;
  }

  /** Where a table lies. */
  Path directory(String table) {
    return Path.of(context().lake().path(table));
  }

  /** A file of a table's log. */
  Path commit(String table, long version) {
    return directory(table).resolve("_delta_log/%020d.json".formatted(version));
  }

  Path root() {
    return lake;
  }

  static RunKey key(String room, String from, String to) {
    return TestRooms.key(room, from, to);
  }

  static DayRange day(String day) {
    return DayRange.of(LocalDate.parse(day));
  }

  static void copy(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path done, IOException failure)
              throws IOException {
            Files.delete(done);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
