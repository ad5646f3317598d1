package org.millrace.registry.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A Python environment made by {@code bin/python-env}: installed on first use, then found. */
public final class PythonEnv {
  private static final int LONGEST_MINUTES = 10;

  private final Path directory;

  private PythonEnv(Path directory) {
    this.directory = directory;
  }

  /** The project's top directory, which Surefire names. */
  public static Path home() {
    String home = System.getProperty("millrace.home");
    if (home == null) {
      throw new IllegalStateException("Set the system property millrace.home to the project's top");
    }
    return Path.of(home);
  }

  /**
   * Makes it where it is not there yet.
   *
   * @param name {@code mlflow} or {@code airflow}
   */
  public static PythonEnv of(String name) throws IOException, InterruptedException {
    Path script = home().resolve("bin/python-env");
    Process process =
        new ProcessBuilder(script.toString(), name)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("bin/python-env " + name + " ended with " + process.exitValue());
    }
    return new PythonEnv(Path.of(output.strip()));
  }

  /** A program of the environment, such as {@code python} or {@code mlflow}. */
  public Path program(String name) {
    return directory.resolve("bin").resolve(name);
  }

  /** Runs a script to its end and returns its standard output; fails with all it said. */
  public String run(String script, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    Path file = Files.createTempFile("millrace", ".py");
    Path errors = Files.createTempFile("millrace", ".err");
    Files.writeString(file, script);
    List<String> command = new ArrayList<>();
    command.add(program("python").toString());
    command.add(file.toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException("Python failed:\n" + output + Files.readString(errors));
    }
    Files.delete(file);
    Files.delete(errors);
    return output;
  }
}
