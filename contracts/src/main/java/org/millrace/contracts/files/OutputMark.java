package org.millrace.contracts.files;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.List;
import java.util.Optional;
import org.millrace.contracts.Json;

/**
 * What an output says of who wrote it: only what carries a mark may be replaced. In a directory of
 * Parquet files it is the file {@link #FILE}, which Spark does not read; in a Delta table it is the
 * {@code userMetadata} of the commit. A directory for unfinished rows carries one too.
 *
 * @param writtenBy {@link #PROGRAM}
 * @param command the command: {@code asof} or {@code score-file}
 * @param run distinct for each call
 * @param host name of the machine that the writer ran on
 * @param process the writer, as {@code PID@START}
 * @param files names of the files in the directory, without hidden ones; empty for a Delta table
 */
public record OutputMark(
    @JsonProperty("written_by") String writtenBy,
    @JsonProperty("command") String command,
    @JsonProperty("run") String run,
    @JsonProperty("host") String host,
    @JsonProperty("process") String process,
    @JsonProperty("files") List<String> files) {
  /** Name of the file with the mark; hidden from Spark by its first character. */
  public static final String FILE = "_millrace.json";

  /** Value of {@code writtenBy}. */
  public static final String PROGRAM = "millrace";

  /** Copies the list. */
  public OutputMark {
    requireNonNull(writtenBy, "writtenBy is null");
    requireNonNull(command, "command is null");
    requireNonNull(run, "run is null");
    requireNonNull(host, "host is null");
    requireNonNull(process, "process is null");
    files = List.copyOf(files);
  }

  /** The same mark with the files that were written. */
  public OutputMark withFiles(List<String> names) {
    return new OutputMark(writtenBy, command, run, host, process, names);
  }

  /** One line of JSON. */
  public String toJson() {
    return Json.write(this);
  }

  /** Reads a mark; empty if the text is anything else, or another program's. */
  public static Optional<OutputMark> read(String json) {
    try {
      return Optional.ofNullable(Json.MAPPER.readValue(json, OutputMark.class))
          .filter(mark -> mark.writtenBy().equals(PROGRAM));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
