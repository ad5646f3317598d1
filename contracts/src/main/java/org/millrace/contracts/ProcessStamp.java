package org.millrace.contracts;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One process of this machine, named so that another process can check it: as a text, {@code
 * PID@START}, or in JSON. The start time is a part of it because process ids are used again.
 *
 * @param pid process id
 * @param startedAt when that process started, to the millisecond
 */
public record ProcessStamp(
    @JsonProperty("pid") long pid, @JsonProperty("started_at") Instant startedAt) {
  /** System property by which the {@code millrace} command names itself to the job it starts. */
  public static final String PARENT_PROPERTY = "millrace.parent";

  /** The system derives start times from its boot time, which is known to a second only. */
  private static final Duration TOLERANCE = Duration.ofSeconds(2);

  /** Checks that all is present. */
  public ProcessStamp {
    requireNonNull(startedAt, "startedAt is null");
  }

  /** The stamp of this JVM; empty if the system does not say when it started. */
  public static Optional<ProcessStamp> ofThisProcess() {
    return of(ProcessHandle.current());
  }

  /**
   * The stamp of a process; empty if it has ended, or if the system does not say when it started.
   */
  public static Optional<ProcessStamp> of(ProcessHandle process) {
    return process.info().startInstant().map(started -> new ProcessStamp(process.pid(), started));
  }

  /**
   * Reads {@code PID@START}, the start in milliseconds since 1970.
   *
   * @return empty if the text is not of that form
   */
  public static Optional<ProcessStamp> parse(String text) {
    if (!text.matches("[0-9]{1,18}@[0-9]{1,15}")) {
      return Optional.empty();
    }

    int at = text.indexOf('@');
    Instant started = Instant.ofEpochMilli(Long.parseLong(text.substring(at + 1)));
    return Optional.of(new ProcessStamp(Long.parseLong(text.substring(0, at)), started));
  }

  /** The process if it still runs; empty also if the id belongs to another process now. */
  public Optional<ProcessHandle> find() {
    return ProcessHandle.of(pid).filter(ProcessStamp::isRunning).filter(this::startedThen);
  }

  private boolean startedThen(ProcessHandle process) {
    return process
        .info()
        .startInstant()
        .filter(started -> Duration.between(startedAt, started).abs().compareTo(TOLERANCE) <= 0)
        .isPresent();
  }

  /** True if the process runs; false for a dead one that its parent has not reaped. */
  public static boolean isRunning(ProcessHandle process) {
    // asked again at the end: one that vanished in between has no state to read
    return process.isAlive() && !isZombie(process.pid()) && process.isAlive();
  }

  /** Containers often have a first process that reaps nothing, and there the dead stay listed. */
  private static boolean isZombie(long pid) {
    Path stat = Path.of("/proc", Long.toString(pid), "stat");
    try {
      String line = Files.isReadable(stat) ? Files.readString(stat) : "";
      return line.startsWith("Z", line.lastIndexOf(')') + 2);
    } catch (IOException e) {
      return false; // it vanished between the two calls
    }
  }

  /** {@code PID@START}, as {@link #parse} reads it. */
  @Override
  public String toString() {
    return pid + "@" + startedAt.toEpochMilli();
  }
}
