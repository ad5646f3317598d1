package org.millrace.jobs.model;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;

/**
 * Model files of the registry on the driver's disk, and the last answer to "who is champion": so
 * that scoring goes on while the registry is down. A file is only used when its SHA-256 is the
 * version's.
 *
 * <p>Placement: driver only. Safe against other processes: files appear by atomic move.
 */
public final class ModelCache {
  private final Path directory;

  /** Uses a directory; it is made when needed. */
  public ModelCache(Path directory) {
    this.directory = requireNonNull(directory, "directory is null");
  }

  /** The version's {@code model.onnx}, downloaded where it is not here yet. */
  public Path onnx(ModelRegistry registry, ModelVersion version) {
    return file(registry, version, ModelFiles.ONNX);
  }

  /** A file of a version's model directory, downloaded where it is not here yet. */
  public Path file(ModelRegistry registry, ModelVersion version, String name) {
    Path file = fileOf(version, name);
    if (Files.isRegularFile(file)) {
      version.requireIntact(name, file);
      return file;
    }

    try {
      Files.createDirectories(directory);
      Path unfinished = Files.createTempFile(directory, "download", ".part");
      registry.download(version, name, unfinished);
      return Files.move(
          unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot store " + name + " of " + version + " in " + directory + ": " + e,
          e);
    }
  }

  /** The file of a version that is known to be here. */
  Path cached(ModelVersion version) {
    Path file = fileOf(version, ModelFiles.ONNX);
    if (!Files.isRegularFile(file)) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot use model "
              + version
              + " from the cache: "
              + file
              + " is gone; run again when the registry answers");
    }

    version.requireIntact(ModelFiles.ONNX, file);
    return file;
  }

  /** Notes who an alias named. */
  void remember(String alias, ModelVersion version) {
    try {
      Files.createDirectories(directory);
      Path unfinished = Files.createTempFile(directory, "alias", ".json");
      Files.write(unfinished, Json.MAPPER.writeValueAsBytes(version));
      Files.move(
          unfinished,
          aliasFile(version.name(), alias),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot note the " + alias + " in " + directory + ": " + e, e);
    }
  }

  /** Who an alias named when the registry last answered. */
  Optional<ModelVersion> remembered(String name, String alias) {
    Path file = aliasFile(name, alias);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }

    try {
      return Optional.of(Json.MAPPER.readValue(file.toFile(), ModelVersion.class));
    } catch (IOException e) {
      throw new MillraceException(ErrorCategory.EXTERNAL, "Cannot read " + file + ": " + e, e);
    }
  }

  private Path fileOf(ModelVersion version, String name) {
    return directory.resolve(version.sha256() + "." + name);
  }

  private Path aliasFile(String name, String alias) {
    return directory.resolve(name + "." + alias + ".json");
  }
}
