package org.millrace.jobs.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.registry.ModelPackage;
import org.millrace.jobs.model.ModelFiles;

/**
 * The directory that a trainer's program has filled. A file that is missing or cannot be read is of
 * category DEFINITION, as the program is a part of the definitions. Driver only.
 *
 * @param directory where the files are
 */
record TrainerOutput(Path directory) {
  private static final String GOLDEN = "golden.parquet";
  private static final String METRICS = "metrics.json";
  private static final String PARAMS = "params.json";
  private static final Set<String> READ = Set.of(ModelFiles.ONNX, GOLDEN, METRICS, PARAMS);
  private static final Set<String> OF_THE_PLATFORM =
      Set.of(ModelFiles.CONTRACT, ModelFiles.PROFILE, ModelFiles.MLMODEL);
  private static final long MOST_BYTES = 64L << 20;
  private static final int LONGEST_PARAM = 6_000; // MLflow's limit

  /** The model. */
  Path onnx() {
    Path file = directory.resolve(ModelFiles.ONNX);
    if (!Files.isRegularFile(file)) {
      throw wrong("it wrote no " + ModelFiles.ONNX, null);
    }

    return file;
  }

  /** Rows with scores of the trainer's own; empty for none. */
  Optional<Path> golden() {
    return Optional.of(directory.resolve(GOLDEN)).filter(Files::exists);
  }

  /** Finite numbers by name. */
  Map<String, Double> metrics() {
    Map<String, Double> metrics = new LinkedHashMap<>();
    values(METRICS)
        .forEach(
            (name, value) -> {
              if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
                throw wrong(
                    "'" + name + "' in " + METRICS + " is " + value + " vs a finite number", null);
              }

              metrics.put(name, value.doubleValue());
            });
    return metrics;
  }

  /** Texts by name. */
  Map<String, String> params() {
    Map<String, String> params = new LinkedHashMap<>();
    values(PARAMS)
        .forEach(
            (name, value) -> {
              if (!value.isValueNode() || value.asText().length() > LONGEST_PARAM) {
                throw wrong(
                    "'%s' in %s is no text of up to %d characters"
                        .formatted(name, PARAMS, LONGEST_PARAM),
                    null);
              }

              params.put(name, value.asText());
            });
    return params;
  }

  private Map<String, JsonNode> values(String name) {
    Path file = directory.resolve(name);
    if (!Files.exists(file)) {
      return Map.of();
    }

    try {
      Map<String, JsonNode> values =
          Json.MAPPER.readValue(Files.readString(file), new TypeReference<>() {});
      values.keySet().forEach(key -> requireKey(name, key));
      return values;
    } catch (JsonProcessingException e) {
      throw wrong("its " + name + " is no JSON object: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** As registries take them. */
  private static void requireKey(String file, String key) {
    if (!key.matches("[A-Za-z0-9_. :/-]{1,250}")) {
      throw wrong(
          "'%s' in %s is no name: expected letters, digits, '_', '-', '.', ':', '/' and spaces"
              .formatted(key, file),
          null);
    }
  }

  /** All other files, which belong to the version. */
  Map<String, byte[]> files() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    long bytes = 0;
    for (Path file : listed()) {
      String name = file.getFileName().toString();
      if (OF_THE_PLATFORM.contains(name)) {
        throw wrong(name + " is a file that the platform writes; give it another name", null);
      }

      if (!READ.contains(name)) {
        ModelPackage.requireFileName(name);
        bytes += file.toFile().length();
        if (bytes > MOST_BYTES) {
          throw wrong("its files beside the model have more than " + MOST_BYTES + " bytes", null);
        }

        files.put(name, read(file));
      }
    }

    return files;
  }

  private List<Path> listed() {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw unreadable(directory, e);
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static MillraceException unreadable(Path file, IOException e) {
    return new MillraceException(
        ErrorCategory.EXTERNAL, "Cannot read " + file + ": " + Causes.words(e), e);
  }

  static MillraceException wrong(String reason, @Nullable Throwable cause) {
    return new MillraceException(
        ErrorCategory.DEFINITION,
        "Cannot use what the trainer made: " + reason + "; docs/trainers.md has its files",
        cause);
  }
}
