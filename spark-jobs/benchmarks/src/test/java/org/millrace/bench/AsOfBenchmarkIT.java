package org.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole way with real processes, on few rows: no figure of it means anything. */
final class AsOfBenchmarkIT {
  @TempDir private Path work;

  @Test
  void comparesUsWithSparkSql() throws IOException {
    Path json = work.resolve("figures.json");
    StringWriter out = new StringWriter();
    int code =
        Bench.commandLine(Path.of(System.getProperty("millrace.home")))
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(out))
            .execute(
                "asof",
                "--only=one",
                "--peers=sparksql",
                "--rows=4000",
                "--rounds=1",
                "--warm-ups=1",
                "--heap=1g",
                "--work=" + work,
                "--json=" + json);

    assertThat(code).as(out.toString()).isZero();
    assertThat(out.toString())
        .containsPattern("RATIO asof\\.one millrace/sparksql \\d+\\.\\d{3}\n")
        .containsPattern("\\| sparksql \\| 4,000 \\|[^\n]* \\| yes \\|");
    JsonNode report = new ObjectMapper().readTree(json.toFile()).path("reports").path(0);
    assertThat(report.path("subject").asText()).isEqualTo("asof.one");
    assertThat(report.path("figures")).hasSize(2);
  }
}
