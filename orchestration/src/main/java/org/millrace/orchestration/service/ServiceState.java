package org.millrace.orchestration.service;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.millrace.contracts.ProcessStamp;

/**
 * What is remembered of a server that we started.
 *
 * @param processes the server's processes; empty after it was stopped
 * @param port its loopback port, kept over a stop so that links stay right
 */
public record ServiceState(
    @JsonProperty("processes") List<ProcessStamp> processes, @JsonProperty("port") int port) {
  /** Copies the list. */
  public ServiceState {
    processes = List.copyOf(requireNonNull(processes, "processes is null"));
  }

  /** The server's processes that still run, and are the same ones. */
  List<ProcessHandle> running() {
    return processes.stream().flatMap(stamp -> stamp.find().stream()).toList();
  }

  /** The same server after a stop. */
  ServiceState stopped() {
    return new ServiceState(List.of(), port);
  }
}
