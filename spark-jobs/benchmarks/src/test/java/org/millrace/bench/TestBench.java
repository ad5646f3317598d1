package org.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TestBench {
  @TempDir private Path home;

  @Test
  void aWrongArgumentEndsWith64AndSaysWhatThereIs() {
    StringWriter told = new StringWriter();
    CommandLine bench = Bench.commandLine(home).setErr(new PrintWriter(told, true));

    assertThat(bench.execute("kernels", "--workload", "gbt,forest")).isEqualTo(64);
    assertThat(told.toString())
        .startsWith("Cannot measure [forest]: there are [deep, deep-binned, gbt, lgbm]");
    assertThat(bench.execute("scoring", "--gc", "none")).isEqualTo(64);
    assertThat(bench.execute()).isEqualTo(64);
  }
}
