package org.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.contracts.ProcessStamp;

/** With real processes: a program stands for the command, and a JVM for the job. */
@Tag("slow")
final class TestParentWatch {
  private static final long FOREVER_SECONDS = 300;
  private static final long LIMIT_MILLIS = 2000;

  @TempDir Path directory;

  /** What a job does at its end takes a moment, or does not come to an end at all. */
  @ParameterizedTest
  @CsvSource({"300,true", "60000,false"})
  void theJobEndsWithinTwoSecondsOfItsCommand(long hookMillis, boolean isOrderly)
      throws IOException, InterruptedException {
    Process command = command();
    Process job = job(stamp(command), "client", hookMillis);
    try {
      awaitReady(job);
      assertThat(job.waitFor(1, TimeUnit.SECONDS)).as("it ends while its command runs").isFalse();

      command.destroyForcibly();
      command.waitFor();
      assertThat(job.waitFor(LIMIT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();
      assertThat(job.exitValue()).isEqualTo(143);
      assertThat(Files.exists(directory.resolve("hook"))).isEqualTo(isOrderly);
      assertThat(Files.readString(directory.resolve("stderr")))
          .contains(
              "millrace: the command that started this job (process "
                  + command.pid()
                  + ") has ended; the job ends too");
    } finally {
      end(command, job);
    }
  }

  @Test
  void aCommandThatEndedBeforeTheJobLooksIsNoticed() throws IOException, InterruptedException {
    Process command = command();
    ProcessStamp ended = stamp(command);
    command.destroyForcibly().waitFor();

    Process job = job(ended, "client", 0);
    try {
      assertThat(job.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(job.exitValue()).isEqualTo(143);
    } finally {
      end(job);
    }
  }

  @Test
  void anotherProcessWithTheSameIdIsNotTheCommand() throws IOException, InterruptedException {
    Process other = command();
    Instant earlier = stamp(other).startedAt().minus(Duration.ofMinutes(1));
    Process job = job(new ProcessStamp(other.pid(), earlier), "client", 0);
    try {
      assertThat(job.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(job.exitValue()).isEqualTo(143);
    } finally {
      end(other, job);
    }
  }

  /** Started by hand, or in a cluster: what looks like the command is on another machine. */
  @ParameterizedTest
  @CsvSource({"'',client", "1@1,cluster"})
  void aJobWithoutACommandHereIsLeftAlone(String parent, String deployMode)
      throws IOException, InterruptedException {
    Process job = job(parent, deployMode, 0);
    try {
      awaitReady(job);
      assertThat(job.waitFor(2, TimeUnit.SECONDS)).isFalse();
    } finally {
      end(job);
    }
  }

  /** The program that runs as the job. */
  static final class Job {
    private Job() {}

    public static void main(String[] arguments) throws IOException {
      Path directory = Path.of(arguments[0]);
      long hookMillis = Long.parseLong(arguments[1]);
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> endOrderly(directory, hookMillis), "end-orderly"));
      ParentWatch.start(arguments[2], arguments[3]);
      Files.createFile(directory.resolve("ready"));
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(FOREVER_SECONDS));
    }

    private static void endOrderly(Path directory, long millis) {
      try {
        Thread.sleep(millis);
        Files.createFile(directory.resolve("hook"));
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static Process command() throws IOException {
    return new ProcessBuilder("sleep", Long.toString(FOREVER_SECONDS)).start();
  }

  private static ProcessStamp stamp(Process process) {
    return new ProcessStamp(process.pid(), process.info().startInstant().orElseThrow());
  }

  private Process job(ProcessStamp parent, String deployMode, long hookMillis) throws IOException {
    return job(parent.toString(), deployMode, hookMillis);
  }

  private Process job(String parent, String deployMode, long hookMillis) throws IOException {
    List<String> call = new ArrayList<>();
    call.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    call.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    call.addAll(List.of(Job.class.getName(), directory.toString(), Long.toString(hookMillis)));
    call.addAll(Arrays.asList(parent, deployMode));
    File errors = directory.resolve("stderr").toFile();
    return new ProcessBuilder(call).redirectError(errors).start();
  }

  private void awaitReady(Process job) {
    while (!Files.exists(directory.resolve("ready"))) {
      assertThat(job.isAlive()).isTrue();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private static void end(Process... processes) throws InterruptedException {
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
  }
}
