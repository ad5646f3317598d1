package org.millrace.orchestration.service;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.WholeFile;

/** Keeps a {@link ServiceState} on disk; a reader sees the old one or the new one, never half. */
final class ServiceFile {
  private final Path file;

  ServiceFile(Path file) {
    this.file = requireNonNull(file, "file is null");
  }

  /** The state; empty where none was written. */
  Optional<ServiceState> read() {
    try {
      return Files.exists(file)
          ? Optional.of(Json.MAPPER.readValue(Files.readString(file), ServiceState.class))
          : Optional.empty();
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot determine which server runs: "
              + file
              + " is not a service state; end the server by hand and delete that file",
          e);
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot read " + file + ": " + Causes.words(e), e);
    }
  }

  void write(ServiceState state) {
    try {
      WholeFile.write(
          file, (Json.MAPPER.writeValueAsString(state) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot write " + file + ": " + Causes.words(e), e);
    }
  }
}
