package org.millrace.orchestration.service;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.millrace.orchestration.launch.ProcessTree;

/**
 * Names one process for ever: process ids are given again, an id with its start time is not.
 *
 * @param pid process id
 * @param startedAt when that process started
 */
public record ProcessMark(
    @JsonProperty("pid") long pid, @JsonProperty("started_at") Instant startedAt) {
  /** The system tells start times from its boot time, which is known to a second only. */
  static final Duration TOLERANCE = Duration.ofSeconds(2);

  /** Checks that all is present. */
  public ProcessMark {
    requireNonNull(startedAt, "startedAt is null");
  }

  /** The mark of a running process; empty where it has ended already. */
  static Optional<ProcessMark> of(ProcessHandle process) {
    return process.info().startInstant().map(started -> new ProcessMark(process.pid(), started));
  }

  /** The process, where it still runs; empty also where the id belongs to another one now. */
  Optional<ProcessHandle> running() {
    return ProcessHandle.of(pid)
        .filter(ProcessTree::isRunning)
        .filter(
            process ->
                process
                    .info()
                    .startInstant()
                    .filter(
                        started ->
                            Duration.between(startedAt, started).abs().compareTo(TOLERANCE) <= 0)
                    .isPresent());
  }

  /**
   * The process with this id, where it is the one that lived at {@code instant}: a later user of
   * the id would have started after it.
   */
  static Optional<ProcessHandle> livingSince(long pid, Instant instant) {
    return ProcessHandle.of(pid)
        .filter(ProcessTree::isRunning)
        .filter(
            process ->
                process
                    .info()
                    .startInstant()
                    .filter(started -> !started.isAfter(instant.plus(TOLERANCE)))
                    .isPresent());
  }
}
