package org.millrace.jobs.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.launcher.JavaModuleOptions;
import org.millrace.contracts.FaultPoint;

/** Rooms as a program of their own, which a fault ends or halts for a while. */
final class FaultProgram {
  /** Exit code of a program that was ended by a fault. */
  static final int HALTED = 137;

  private static final int MOST_SECONDS = 300;

  private final FaultLake lake;
  private final Path out;
  private final Path pause;
  private final Process process;

  private FaultProgram(FaultLake lake, String fault, boolean pauses, String... steps) {
    this.lake = lake;
    this.out = lake.home().resolve("out." + System.nanoTime());
    this.pause = lake.home().resolve("pause." + System.nanoTime());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().trim().split("\\s+")));
    command.addAll(List.of("-Xmx800m", "-XX:TieredStopAtLevel=1"));
    command.add("-Dmillrace.home=" + System.getProperty("millrace.home"));
    command.add("-D" + FaultPoint.PROPERTY + "=" + fault);
    if (pauses) {
      command.add("-D" + FaultPoint.PAUSE_PROPERTY + "=" + pause);
    }

    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(FaultRooms.class.getName());
    command.add(lake.home().toString());
    command.addAll(List.of(steps));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    try {
      this.process = builder.redirectOutput(out.toFile()).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs the rooms to their end, or to the fault; an empty fault for none. */
  static int run(FaultLake lake, String fault, String... steps) {
    return new FaultProgram(lake, fault, false, steps).end();
  }

  /** Starts the rooms, and returns when the fault is reached; the program waits there. */
  static FaultProgram paused(FaultLake lake, String fault, String... steps) {
    FaultProgram program = new FaultProgram(lake, fault, true, steps);
    Path reached = Path.of(program.pause + ".reached");
    while (!Files.exists(reached)) {
      if (!program.process.isAlive()) {
        throw new IllegalStateException(
            "it ended before " + fault + " in " + lake.home() + ": " + program.output());
      }

      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }

    return program;
  }

  /** Lets a program that waits go on to its end. */
  int goOn() {
    try {
      Files.writeString(pause, "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return end();
  }

  /** What it printed. */
  String output() {
    try {
      return Files.readString(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int end() {
    try {
      if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("no end of " + lake.home() + ": " + output());
      }

      int code = process.exitValue();
      if (code != 0 && code != HALTED) {
        System.err.println(output());
      }

      return code;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      process.destroyForcibly();
    }
  }
}
