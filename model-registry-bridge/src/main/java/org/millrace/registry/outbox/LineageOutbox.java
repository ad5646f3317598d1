package org.millrace.registry.outbox;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.millrace.contracts.Causes;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.RunRecord;

/**
 * Run records that a registry could not take, one JSON file each. A file is deleted only after its
 * run is in the registry; a crash between the two delivers it twice, which leaves one run.
 *
 * <p>Placement: driver only. Safe for several processes on one directory.
 */
public final class LineageOutbox {
  private static final String SUFFIX = ".json";

  private final Path directory;

  /**
   * Touches nothing yet.
   *
   * @param directory on a file system of this machine; made when the first record is put in
   */
  public LineageOutbox(Path directory) {
    this.directory = requireNonNull(directory, "directory is null");
  }

  /**
   * What a delivery did.
   *
   * @param delivered ids of the runs, oldest first
   * @param failures one sentence for each file that stays and could not be delivered
   * @param waiting files that stay in all
   */
  public record Delivery(List<String> delivered, List<String> failures, int waiting) {
    /** Copies the lists. */
    public Delivery {
      delivered = List.copyOf(delivered);
      failures = List.copyOf(failures);
    }
  }

  /**
   * Keeps a record for later; the same record twice is one file.
   *
   * @return the file
   */
  public Path put(RunRecord run) {
    try {
      byte[] json = Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(run);
      // The name sorts by the end of the run: delivery is oldest first.
      String name =
          "%015d-%s%s"
              .formatted(run.end().toEpochMilli(), Digest.sha256(json).substring(0, 16), SUFFIX);
      Files.createDirectories(directory);
      Path part = Files.createTempFile(directory, name, ".part");
      Files.write(part, json);
      return Files.move(part, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw failure("keep run " + run.runKey() + " in", e);
    }
  }

  /** How many records wait. */
  public int size() {
    return waiting().size();
  }

  /**
   * Delivers all that waits, oldest first. A file that cannot be read, or that the registry
   * refuses, stays, is named in the result, and does not stop the rest; where the registry does not
   * answer (EXTERNAL) the rest is left for next time.
   */
  public Delivery deliver(ModelRegistry registry) {
    if (waiting().isEmpty()) {
      return new Delivery(List.of(), List.of(), 0);
    }

    try (FileChannel channel =
            FileChannel.open(
                directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.tryLock()) {
      if (held == null) {
        return busy();
      }
      return deliver(registry, waiting());
    } catch (OverlappingFileLockException e) {
      return busy(); // another thread of this JVM
    } catch (IOException e) {
      throw failure("deliver from", e);
    }
  }

  private Delivery busy() {
    String reason = directory + ": someone else is delivering it just now";
    return new Delivery(List.of(), List.of(reason), waiting().size());
  }

  private Delivery deliver(ModelRegistry registry, List<Path> files) throws IOException {
    List<String> delivered = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    for (Path file : files) {
      try {
        delivered.add(registry.logRun(read(file)));
        Files.delete(file);
      } catch (MillraceException e) {
        failures.add(file + ": " + e.getMessage());
        if (e.category() == ErrorCategory.EXTERNAL) {
          break;
        }
      }
    }
    return new Delivery(delivered, failures, waiting().size());
  }

  private static RunRecord read(Path file) throws IOException {
    try {
      return Json.MAPPER.readValue(Files.readAllBytes(file), RunRecord.class);
    } catch (JsonProcessingException e) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot read the run record: "
              + e.getOriginalMessage()
              + "; repair the file or move it away",
          e);
    }
  }

  private List<Path> waiting() {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }

    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    } catch (IOException e) {
      throw failure("list", e);
    }
  }

  private MillraceException failure(String what, IOException e) {
    return new MillraceException(
        ErrorCategory.EXTERNAL,
        "Cannot "
            + what
            + " the outbox "
            + directory
            + ": "
            + Causes.words(e)
            + "; check rights and space",
        e);
  }
}
