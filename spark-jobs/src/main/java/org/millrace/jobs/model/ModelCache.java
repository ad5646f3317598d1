package org.millrace.jobs.model;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Causes;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.WholeFile;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.features.lake.Lake;
import org.millrace.jobs.room.Progress;
import org.millrace.jobs.tables.LakePlaces;

/**
 * Model files of the registry on the driver's disk, and the last answer to "who is champion": so
 * that scoring goes on while the registry is down. A file is only used when its SHA-256 is the
 * version's.
 *
 * <p>Placement: driver only. Safe against other processes: files appear by atomic move.
 */
public final class ModelCache {
  /** Stands for an alias, which has no dot: the version that was last scored beside a champion. */
  static final String CHALLENGER = "rollout.challenger";

  private final Path directory;
  private final Progress progress;

  /**
   * Uses a directory; it is made when needed.
   *
   * @param progress where a damaged file is reported
   */
  public ModelCache(Path directory, Progress progress) {
    this.directory = requireNonNull(directory, "directory is null");
    this.progress = requireNonNull(progress, "progress is null");
  }

  /** The cache of a lake. */
  public static ModelCache of(Lake lake, Progress progress) {
    return new ModelCache(LakePlaces.models(lake), progress);
  }

  /**
   * The version with the SHA-256 of its file. One that no tag names, as of a version that Python
   * registered, is that of the file as it was fetched first: it is noted here, and a later file
   * must have it too.
   *
   * @throws MillraceException EXTERNAL if the registry does not answer or the disk refuses
   */
  public ModelVersion identified(ModelRegistry registry, ModelVersion version) {
    ModelVersion noted = noted(version);
    if (!noted.sha256().isEmpty()) {
      return noted;
    }

    // a name of its own: another process may fetch it at the same moment
    Path first = directory.resolve(noteName(version) + "." + UUID.randomUUID() + ".onnx");
    ModelVersion found;
    try {
      download(registry, version, ModelFiles.ONNX, first);
      found = version.withSha256(Digest.sha256(first));
      Files.move(
          first,
          fileOf(found, ModelFiles.ONNX),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      WholeFile.write(noteOf(version), found.sha256().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot keep " + version + " in " + directory + ": " + Causes.words(e),
          e);
    } finally {
      deleteIfThere(first);
    }

    return found;
  }

  /** Of no use once it has its own name, or could not get it. */
  private void deleteIfThere(Path first) {
    try {
      Files.deleteIfExists(first);
    } catch (IOException e) {
      progress.say("model", "cannot remove " + first + ": " + Causes.words(e));
    }
  }

  /** The version with the SHA-256 that is noted here for it, if no tag names one. */
  public ModelVersion noted(ModelVersion version) {
    Path note = noteOf(version);
    if (!version.sha256().isEmpty() || !Files.isRegularFile(note)) {
      return version;
    }

    try {
      return version.withSha256(Files.readString(note).strip());
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot read " + note + ": " + Causes.words(e), e);
    }
  }

  private Path noteOf(ModelVersion version) {
    return directory.resolve(noteName(version) + ".sha256");
  }

  /** With the run: a model that is deleted and registered anew begins with the same number. */
  private static String noteName(ModelVersion version) {
    return version.name() + "-" + version.version() + "-" + version.runId();
  }

  /** The version's {@code model.onnx}, downloaded where it is not here yet. */
  public Path onnx(ModelRegistry registry, ModelVersion version) {
    return file(registry, version, ModelFiles.ONNX);
  }

  /**
   * A file of a version's model directory, downloaded if it is not here yet, and again if the copy
   * here is damaged.
   *
   * @throws MillraceException EXTERNAL if the registry does not answer or the disk refuses;
   *     DATA_CONTRACT if the registry's own file is not the registered one
   */
  public Path file(ModelRegistry registry, ModelVersion version, String name) {
    Path file = fileOf(version, name);
    if (Files.isRegularFile(file)) {
      Optional<MillraceException> damage = damage(version, name, file);
      if (damage.isEmpty()) {
        return file;
      }

      progress.say(
          "model", "fetching " + file + " again, it is damaged: " + damage.get().getMessage());
    }

    return download(registry, version, name, file);
  }

  /** The damaged file stays until the new one takes its place: no other process misses it. */
  private Path download(ModelRegistry registry, ModelVersion version, String name, Path file) {
    try {
      return WholeFile.write(
          file,
          unfinished -> {
            registry.download(version, name, unfinished);
            version.requireIntact(name, unfinished);
          });
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot store " + name + " of " + version + " in " + directory + ": " + Causes.words(e),
          e);
    }
  }

  private static Optional<MillraceException> damage(ModelVersion version, String name, Path file) {
    try {
      version.requireIntact(name, file);
      return Optional.empty();
    } catch (MillraceException e) {
      return Optional.of(e);
    }
  }

  /**
   * A file of a version that is known to be here.
   *
   * @throws MillraceException EXTERNAL if it is gone or damaged: only the registry has it then
   */
  Path cached(ModelVersion version, String name) {
    Path file = fileOf(version, name);
    if (!Files.isRegularFile(file)) {
      throw unusable(version, file + " is gone", null);
    }

    Optional<MillraceException> damage = damage(version, name, file);
    if (damage.isPresent()) {
      throw unusable(version, file + " is damaged", damage.get());
    }

    return file;
  }

  /** A file of a version if it is here and whole; no registry is asked. */
  public Optional<Path> kept(ModelVersion version, String name) {
    Path file = fileOf(version, name);
    return Files.isRegularFile(file) && damage(version, name, file).isEmpty()
        ? Optional.of(file)
        : Optional.empty();
  }

  /** Keeps a file that belongs to a version and that the registry does not have. */
  public void keep(ModelVersion version, String name, byte[] content) throws IOException {
    WholeFile.write(fileOf(version, name), content);
  }

  private static MillraceException unusable(
      ModelVersion version, String why, @Nullable MillraceException cause) {
    return new MillraceException(
        ErrorCategory.EXTERNAL,
        "Cannot use model "
            + version
            + " from the cache: "
            + why
            + "; run again when the registry answers",
        cause);
  }

  /** Notes who an alias named. */
  void remember(String alias, ModelVersion version) {
    try {
      WholeFile.write(aliasFile(version.name(), alias), Json.MAPPER.writeValueAsBytes(version));
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot note the " + alias + " in " + directory + ": " + Causes.words(e),
          e);
    }
  }

  /**
   * Who an alias named when the registry last answered; empty also if the note of it is damaged,
   * which is said: the next run that asks the registry writes it again.
   *
   * @throws MillraceException EXTERNAL if the disk refuses
   */
  public Optional<ModelVersion> remembered(String name, String alias) {
    Path file = aliasFile(name, alias);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }

    try {
      Optional<ModelVersion> noted =
          Optional.ofNullable(Json.MAPPER.readValue(file.toFile(), ModelVersion.class));
      if (noted.isEmpty()) {
        sayUnknown(name, alias, file, "it holds null");
      }

      return noted;
    } catch (JsonProcessingException | CharConversionException e) {
      sayUnknown(name, alias, file, String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
      return Optional.empty();
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot read " + file + ": " + Causes.words(e), e);
    }
  }

  /** The version that was scored beside a champion last, as far as it is known here. */
  public Optional<ModelVersion> rememberedChallenger(String name) {
    return remembered(name, CHALLENGER);
  }

  private void sayUnknown(String name, String alias, Path file, String why) {
    progress.say(
        "model",
        "which version %s@%s named is unknown here until the registry is asked again: cannot read %s: %s"
            .formatted(name, alias, file, why));
  }

  private Path fileOf(ModelVersion version, String name) {
    return directory.resolve(version.sha256() + "." + name);
  }

  private Path aliasFile(String name, String alias) {
    return directory.resolve(name + "." + alias + ".json");
  }
}
