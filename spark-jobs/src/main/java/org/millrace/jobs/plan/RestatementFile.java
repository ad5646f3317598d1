package org.millrace.jobs.plan;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.millrace.contracts.Causes;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.WholeFile;
import org.millrace.planning.Restatement;

/**
 * The restatement of some days of a pipeline that was begun and not ended: {@code
 * <lake>/restatements/<pipeline>.<days>.json}. The same one goes on where it was cut off; another
 * one of these days takes its place.
 */
public final class RestatementFile {
  private final Path file;

  /** The file of some days of a pipeline. */
  public RestatementFile(Path lake, String pipeline, DayRange days) {
    this.file =
        requireNonNull(lake, "lake is null")
            .resolve("restatements")
            .resolve(pipeline + "." + days + ".json");
  }

  /** The wish as it was begun, or as it would begin now; nothing is written. */
  public Restatement find(List<String> objects, DayRange days, long ledgerVersion) {
    return begun()
        .filter(wish -> wish.objects().equals(objects) && wish.days().equals(days))
        .orElseGet(() -> new Restatement(objects, days, ledgerVersion));
  }

  private Optional<Restatement> begun() {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }

    try {
      return Optional.of(Json.MAPPER.readValue(file.toFile(), Restatement.class));
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot read what is to be made again in %s: %s; delete the file, and all of it is made again"
              .formatted(file, e),
          e);
    }
  }

  /** Notes that it is begun. */
  public void begin(Restatement wish) {
    try {
      WholeFile.write(file, Json.MAPPER.writeValueAsBytes(wish));
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot note what is made again in " + file + ": " + Causes.words(e),
          e);
    }
  }

  /** Notes that it is ended. */
  public void end() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot delete " + file + ": " + Causes.words(e) + "; delete it",
          e);
    }
  }
}
