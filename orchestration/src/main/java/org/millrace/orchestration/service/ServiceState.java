package org.millrace.orchestration.service;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;
import org.millrace.contracts.ProcessStamp;

/**
 * What is remembered of a server that we started.
 *
 * @param name as messages call it; empty if an older version wrote the state
 * @param processes the server's processes; empty after it was stopped
 * @param port its loopback port, kept over a stop so that links stay right
 */
public record ServiceState(
    @JsonProperty("name") Optional<String> name,
    @JsonProperty("processes") List<ProcessStamp> processes,
    @JsonProperty("port") int port) {
  /** Copies the list. */
  public ServiceState {
    name = name == null ? Optional.empty() : name; // an older version has no such key
    processes = List.copyOf(requireNonNull(processes, "processes is null"));
  }

  /** The server's processes that still run, and are the same ones. */
  List<ProcessHandle> running() {
    return processes.stream().flatMap(stamp -> stamp.find().stream()).toList();
  }

  /** The same server after a stop. */
  ServiceState stopped() {
    return new ServiceState(name, List.of(), port);
  }
}
