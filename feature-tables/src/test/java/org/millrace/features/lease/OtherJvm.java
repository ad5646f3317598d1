package org.millrace.features.lease;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of {@link OtherHolder}. */
final class OtherJvm implements AutoCloseable {
  private final Process process;
  private final Path output;

  private OtherJvm(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /** Starts it, and waits until it has created a file. */
  static OtherJvm start(String what, Path lake, Path signals, String sign) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens"))
        .forEach(command::add);
    command.addAll(List.of("-Xmx768m", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true"));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), OtherHolder.class.getName()));
    command.addAll(List.of(what, lake.toString(), signals.toString()));
    Path output = signals.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    OtherJvm other = new OtherJvm(process, output);
    other.await(signals.resolve(sign));
    return other;
  }

  private void await(Path file) throws InterruptedException, IOException {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
    while (!Files.exists(file)) {
      if (System.nanoTime() > end || !process.isAlive()) {
        throw new IllegalStateException(file + " did not appear: " + Files.readString(output));
      }

      Thread.sleep(5);
    }
  }

  long pid() {
    return process.pid();
  }

  /** Ends it as {@code kill -9} does. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Waits for the end; the last line of the output. */
  String lastLine() throws IOException, InterruptedException {
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      throw new IllegalStateException("no end after 5 minutes: " + Files.readString(output));
    }

    List<String> lines = Files.readAllLines(output);
    if (process.exitValue() != 0) {
      throw new IllegalStateException("exit " + process.exitValue() + ": " + lines);
    }

    return lines.get(lines.size() - 1);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
