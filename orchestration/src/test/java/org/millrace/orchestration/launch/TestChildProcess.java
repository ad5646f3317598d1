package org.millrace.orchestration.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.MillraceException;

class TestChildProcess {

  @Test
  void passesTheExitCodeOn() {
    assertThat(ChildProcess.run(ChildProgram.call("exit", "66"), Map.of())).isEqualTo(66);
  }

  @Test
  void keepsWhatACapturedChildPrints() {
    ChildProcess.Captured captured =
        ChildProcess.capture(ChildProgram.call("print", "first", "last", ""), Map.of());

    assertThat(captured.exitCode()).isZero();
    assertThat(captured.lines()).containsExactly("first", "last", "");
    assertThat(captured.lastLine()).isEqualTo("last");
  }

  @Test
  void saysWhichProgramCannotBeStarted() {
    assertThatThrownBy(() -> ChildProcess.run(List.of("/no/such/program"), Map.of()))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("Cannot start /no/such/program");
  }

  @Test
  void printsArgumentsAsAShellReadsThem() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ChildProcess.print(
        List.of("run", "local[*]", "it's", "", "a=b"),
        new PrintStream(out, true, StandardCharsets.UTF_8));

    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo("run 'local[*]' 'it'\\''s' '' a=b\n");
  }

  @Test
  void endsTheWholeTreeOnSigterm(@TempDir Path directory) throws IOException, InterruptedException {
    assertThat(exitCodeAfter("TERM", directory)).isEqualTo(143);
  }

  @Test
  void endsTheWholeTreeOnSigint(@TempDir Path directory) throws IOException, InterruptedException {
    assumeFalse(ignoresSigint(), "started in the background of a shell: SIGINT is ignored here");
    assertThat(exitCodeAfter("INT", directory)).isEqualTo(130);
  }

  /** The signal comes as early as it can: from the child's very first act. */
  @RepeatedTest(5)
  void endsAChildThatHasOnlyJustStarted(@TempDir Path directory)
      throws IOException, InterruptedException {
    Path file = directory.resolve("pid");
    String script = "echo $$ > '" + file + "'; kill -TERM $PPID; exec sleep 300";
    Process launcher =
        new ProcessBuilder(ChildProgram.call("run", "/bin/sh", "-c", script)).inheritIO().start();

    assertThat(launcher.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(launcher.exitValue()).isEqualTo(143);
    Optional<ProcessHandle> child =
        ProcessHandle.of(Long.parseLong(Files.readString(file).strip()));
    try {
      assertThat(child.filter(ProcessTree::isRunning)).isEmpty();
    } finally {
      child.ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  private int exitCodeAfter(String signal, Path directory)
      throws IOException, InterruptedException {
    Path file = directory.resolve("pids-" + signal);
    Process launcher =
        new ProcessBuilder(ChildProgram.call("launch", file.toString())).inheritIO().start();
    try {
      while (!Files.exists(file)) {
        assertThat(launcher.isAlive()).isTrue();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }

      List<ProcessHandle> tree =
          Arrays.stream(Files.readString(file).split(" ", -1))
              .map(pid -> ProcessHandle.of(Long.parseLong(pid)).orElseThrow())
              .toList();
      assertThat(tree).hasSize(2).allMatch(ProcessTree::isRunning);
      new ProcessBuilder("kill", "-" + signal, Long.toString(launcher.pid())).start().waitFor();

      assertThat(launcher.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(tree).noneMatch(ProcessTree::isRunning);
      return launcher.exitValue();
    } finally {
      launcher.destroyForcibly();
    }
  }

  private static boolean ignoresSigint() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }

    // bit 1 (signal 2) of the mask of ignored signals
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
  }
}
