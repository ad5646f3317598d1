package org.millrace.orchestration.launch;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * The settings in {@code spark-defaults.conf}. {@code spark-submit} does not read that file when it
 * is given another one by {@code --properties-file}, so its entries must be in the other one.
 */
final class SparkDefaults {
  private SparkDefaults() {}

  /**
   * Reads the file where Spark looks for it: in {@code SPARK_CONF_DIR}, else in {@code
   * SPARK_HOME/conf}.
   *
   * @return empty if there is none
   * @throws MillraceException of category DEFINITION if it cannot be read
   */
  static Map<String, String> read(Map<String, String> environment) {
    Map<String, String> settings = new TreeMap<>();
    Optional<Path> file = directory(environment).map(conf -> conf.resolve("spark-defaults.conf"));
    if (file.isEmpty() || !Files.isRegularFile(file.get())) {
      return settings;
    }

    Properties properties = new Properties();
    try (BufferedReader text = Files.newBufferedReader(file.get(), StandardCharsets.UTF_8)) {
      properties.load(text);
    } catch (IOException | IllegalArgumentException e) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot read Spark's defaults in "
              + file.get()
              + ": "
              + Causes.words(e)
              + "; correct the file",
          e);
    }

    properties.stringPropertyNames().stream()
        .filter(key -> key.startsWith("spark."))
        .forEach(key -> settings.put(key, properties.getProperty(key).strip()));
    return settings;
  }

  private static Optional<Path> directory(Map<String, String> environment) {
    String conf = environment.getOrDefault("SPARK_CONF_DIR", "");
    String home = environment.getOrDefault("SPARK_HOME", "");
    if (!conf.isEmpty()) {
      return Optional.of(Path.of(conf));
    }

    return home.isEmpty() ? Optional.empty() : Optional.of(Path.of(home, "conf"));
  }
}
