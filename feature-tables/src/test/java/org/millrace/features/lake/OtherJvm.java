package org.millrace.features.lake;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that runs a main method of the tests. */
final class OtherJvm implements AutoCloseable {
  private final Process process;
  private final Path output;

  private OtherJvm(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  static OtherJvm start(Path output, Class<?> main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens"))
        .forEach(command::add);
    command.addAll(List.of("-Xmx768m", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    return new OtherJvm(process, output);
  }

  /** Waits for the end; the lines of the output. */
  List<String> lines() throws IOException, InterruptedException {
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      throw new IllegalStateException("no end after 5 minutes: " + Files.readString(output));
    }

    List<String> lines = Files.readAllLines(output);
    if (process.exitValue() != 0) {
      throw new IllegalStateException("exit " + process.exitValue() + ": " + lines);
    }

    return lines;
  }

  /** Waits for a file, in either process. */
  static void await(Path file) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
    while (!Files.exists(file)) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(file + " did not appear");
      }

      Thread.sleep(2);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
