package org.millrace.orchestration.launch;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * The Spark that jobs run on: an installed one, or the jars that the build copied out of Maven.
 *
 * @param submit {@code spark-submit} of the installed Spark; empty where the copied jars are used
 * @param jars directory of Spark's jars
 */
public record SparkRuntime(Optional<Path> submit, Path jars) {
  /** Checks that all is present. */
  public SparkRuntime {
    requireNonNull(submit, "submit is null");
    requireNonNull(jars, "jars is null");
  }

  /**
   * {@code SPARK_HOME} where it has a {@code bin/spark-submit}, else {@code
   * <home>/.runtime/spark/jars}.
   *
   * @throws MillraceException of category DEFINITION where there is neither
   */
  public static SparkRuntime find(Map<String, String> environment, Path home) {
    String sparkHome = environment.getOrDefault("SPARK_HOME", "");
    if (!sparkHome.isEmpty()) {
      Path submit = Path.of(sparkHome, "bin", "spark-submit");
      if (Files.isExecutable(submit)) {
        return new SparkRuntime(Optional.of(submit), Path.of(sparkHome, "jars"));
      }
    }

    Path jars = home.resolve(".runtime").resolve("spark").resolve("jars");
    if (!hasSpark(jars)) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot find Spark: SPARK_HOME "
              + (sparkHome.isEmpty() ? "is not set" : "(" + sparkHome + ") has no bin/spark-submit")
              + " and "
              + jars
              + " has no spark-core jar; run ./mvnw -q -DskipTests package in "
              + home);
    }

    return new SparkRuntime(Optional.empty(), jars);
  }

  /** All jars, as a class path. */
  public String classPath() {
    return jars + "/*";
  }

  private static boolean hasSpark(Path jars) {
    if (!Files.isDirectory(jars)) {
      return false;
    }

    try (DirectoryStream<Path> found = Files.newDirectoryStream(jars, "spark-core_*.jar")) {
      return found.iterator().hasNext();
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.DEFINITION, "Cannot list " + jars + ": " + Causes.words(e), e);
    }
  }
}
