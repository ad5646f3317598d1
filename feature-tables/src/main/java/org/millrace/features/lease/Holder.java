package org.millrace.features.lease;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.millrace.contracts.HostName;
import org.millrace.contracts.ProcessStamp;

/**
 * The process that holds a lease.
 *
 * @param runKey what it does
 * @param attempt distinct for each start of the program
 * @param host name of its machine
 * @param place the kernel's boot and the process namespace: process numbers mean something only
 *     within one; empty if the system does not tell
 * @param pid its process number
 * @param startedAt when the process started, as the system says it
 */
public record Holder(
    @JsonProperty("run_key") String runKey,
    @JsonProperty("attempt") String attempt,
    @JsonProperty("host") String host,
    @JsonProperty("place") String place,
    @JsonProperty("pid") long pid,
    @JsonProperty("started_at") Instant startedAt) {
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path NAMESPACE = Path.of("/proc/self/ns/pid");

  /** Checks that all is present. */
  public Holder {
    requireNonNull(runKey, "runKey is null");
    requireNonNull(attempt, "attempt is null");
    requireNonNull(host, "host is null");
    requireNonNull(place, "place is null");
    requireNonNull(startedAt, "startedAt is null");
  }

  /** This process, doing something. */
  public static Holder self(String runKey, String attempt) {
    ProcessHandle self = ProcessHandle.current();
    return new Holder(
        runKey,
        attempt,
        HostName.current(),
        currentPlace(),
        self.pid(),
        self.info().startInstant().orElse(Instant.EPOCH));
  }

  /**
   * True if the process is known to have ended: it ran on this very system, and is not there any
   * more, or waits only for its parent to take notice. False also means that it cannot be known
   * from here.
   */
  public boolean isKnownDead() {
    if (place.isEmpty() || !place.equals(currentPlace()) || !host.equals(HostName.current())) {
      return false;
    }

    return new ProcessStamp(pid, startedAt).find().isEmpty();
  }

  private static String currentPlace() {
    try {
      return Files.isReadable(BOOT)
          ? Files.readString(BOOT).strip() + "/" + Files.readSymbolicLink(NAMESPACE)
          : "";
    } catch (IOException e) {
      return ""; // not Linux, or hidden: then only time ends a lease
    }
  }

  /** {@code late_flight.run.2013-12-01 (process 4711 on etl-3)}. */
  @Override
  public String toString() {
    return runKey + " (process " + pid + " on " + host + ")";
  }
}
