package org.millrace.bench;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Gets, when first asked, what the peers run on: the Python environment from its lock file, and
 * SynapseML's libraries from a POM of their own, which is no module of our build. What cannot be
 * had is said once, and its contenders are left out.
 */
final class Workshop {
  static final String SYNAPSEML_MAIN = "org.millrace.bench.synapseml.SynapseContender";

  private final Path home;
  private final Consumer<String> progress;
  private final Map<String, Optional<String>> got = new HashMap<>();

  /**
   * @param home the project's folder
   * @param progress told what is being got, and what is not to be had
   */
  Workshop(Path home, Consumer<String> progress) {
    this.home = home;
    this.progress = progress;
  }

  /** The environment's interpreter. */
  Optional<String> python() {
    return got.computeIfAbsent("python", asked -> makePython("bench"));
  }

  /** The interpreter of the as-of peers' environment. */
  Optional<String> asOfPython() {
    return got.computeIfAbsent("as-of python", asked -> makePython("bench-asof"));
  }

  String asOfPythonContender() {
    return benchmarks().resolve("src/main/python/asof_contender.py").toString();
  }

  String pythonContender() {
    return benchmarks().resolve("src/main/python/contender.py").toString();
  }

  /** Classes and libraries of the SynapseML contender. */
  Optional<String> synapsemlClassPath() {
    return got.computeIfAbsent("synapseml", asked -> makeSynapseml());
  }

  private Optional<String> makePython(String name) {
    progress.accept("Python environment from locks/" + name + ".lock (made once, some minutes)");
    return run("the Python peers", List.of(home.resolve("bin/python-env").toString(), name))
        .map(environment -> environment.strip() + "/bin/python");
  }

  private Optional<String> makeSynapseml() {
    Path project = benchmarks().resolve("synapseml");
    Path classPath = project.resolve("target/classpath");
    progress.accept("SynapseML's libraries (resolved by Maven, once some minutes)");
    Optional<String> made =
        run(
            "SynapseML",
            List.of(
                home.resolve("mvnw").toString(),
                "-q",
                "-f",
                project.resolve("pom.xml").toString(),
                "compile"));
    try {
      return made.isEmpty()
          ? Optional.empty()
          : Optional.of(
              project.resolve("target/classes")
                  + File.pathSeparator
                  + Files.readString(classPath).strip());
    } catch (IOException e) {
      progress.accept("SynapseML is left out: cannot read " + classPath + ": " + e);
      return Optional.empty();
    }
  }

  private Path benchmarks() {
    return home.resolve("spark-jobs/benchmarks");
  }

  /** What the command printed on its standard output, its errors being shown. */
  private Optional<String> run(String what, List<String> words) {
    try {
      Process running =
          new ProcessBuilder(words)
              .directory(home.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String output = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = running.waitFor();
      if (code == 0) {
        return Optional.of(output);
      }

      progress.accept("Left out: %s (%s ended with %d)".formatted(what, words.get(0), code));
    } catch (IOException e) {
      progress.accept("Left out: %s (%s)".formatted(what, e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      progress.accept("Left out: %s (interrupted)".formatted(what));
    }

    return Optional.empty();
  }
}
