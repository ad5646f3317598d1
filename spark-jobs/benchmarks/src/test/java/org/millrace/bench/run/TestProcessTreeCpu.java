package org.millrace.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TestProcessTreeCpu {
  @TempDir private Path proc;

  @Test
  void addsUpTheTreeAndItsEndedChildren() throws IOException {
    process(10, 1, "java", 100, 20, 3, 4);
    process(11, 10, "python (daemon) x", 30, 1, 2, 0);
    process(12, 11, "worker", 5, 0, 0, 0);
    process(13, 1, "somebody else", 9999, 0, 0, 0);
    Files.createDirectory(proc.resolve("self"));

    assertThat(new ProcessTreeCpu(proc).seconds(10)).isEqualTo(1.65);
    assertThat(new ProcessTreeCpu(proc).seconds(12)).isEqualTo(0.05);
  }

  @Test
  void aProcessThatIsGoneUsedNothing() throws IOException {
    process(10, 1, "java", 100, 20, 3, 4);
    Files.createDirectory(proc.resolve("77")); // listed, and gone before it was read

    assertThat(new ProcessTreeCpu(proc).seconds(42)).isZero();
    assertThat(new ProcessTreeCpu(proc).seconds(10)).isEqualTo(1.27);
  }

  @Test
  void thisProcessHasUsedSomething() throws IOException {
    assertThat(new ProcessTreeCpu(Path.of("/proc")).seconds(ProcessHandle.current().pid()))
        .isGreaterThan(0.1);
  }

  private void process(long pid, long parent, String name, long... ticks) throws IOException {
    String line =
        "%d (%s) S %d 0 0 0 -1 0 0 0 0 0 %d %d %d %d 20 0 1 0 5"
            .formatted(pid, name, parent, ticks[0], ticks[1], ticks[2], ticks[3]);
    Path folder = Files.createDirectory(proc.resolve(Long.toString(pid)));
    Files.writeString(folder.resolve("stat"), line);
  }
}
