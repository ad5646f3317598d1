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
final class ScoringBenchmarkIT {
  @TempDir private Path work;

  @Test
  void comparesUsWithTheLimit() throws IOException {
    Path json = work.resolve("figures.json");
    StringWriter out = new StringWriter();
    int code =
        Bench.commandLine(Path.of(System.getProperty("millrace.home")))
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(out))
            .execute(
                "scoring",
                "--workload=mlp",
                "--peers=limit",
                "--rows=8000",
                "--rounds=1",
                "--warm-ups=1",
                "--heap=1g",
                "--work=" + work,
                "--json=" + json);

    assertThat(code).as(out.toString()).isZero();
    assertThat(out.toString())
        .containsPattern("RATIO scoring\\.mlp millrace/limit \\d+\\.\\d{3}\n")
        .containsPattern("RATIO scoring\\.mlp millrace/ort \\d+\\.\\d{3}\n")
        .containsPattern("\\| ort \\| \\d[^\n]* \\| yes \\|");
    JsonNode report = new ObjectMapper().readTree(json.toFile()).path("reports").path(0);
    assertThat(report.path("subject").asText()).isEqualTo("scoring.mlp");
    assertThat(report.path("figures")).hasSize(4);
  }
}
