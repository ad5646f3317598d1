package org.millrace.orchestration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.Json;
import org.millrace.orchestration.launch.ChildProcess;
import org.millrace.orchestration.service.MlflowServer;

/** With a real MLflow server. */
class QuickstartServicesIT {
  private static final Path HOME = Path.of(System.getProperty("millrace.home"));

  private Path directory;
  private MlflowServer server;

  @BeforeEach
  void installMlflow(@TempDir Path temporary) {
    directory = temporary;
    Path program = MlflowServer.program(HOME);
    Path install = HOME.resolve("bin/python-env");
    if (!Files.isExecutable(program) && Files.isExecutable(install)) {
      ChildProcess.run(List.of(install.toString(), "mlflow"), Map.of());
    }

    assumeTrue(Files.isExecutable(program), "no usable Python here: see bin/python-env");
    server = new MlflowServer(program, directory.resolve("mlflow"));
  }

  @AfterEach
  void stopServer() {
    server.stop();
  }

  @Test
  void startsAdoptsAndStopsAServerAndFindsTheWorkerOfAKilledLauncher()
      throws IOException, InterruptedException {
    assertThat(server.start()).isTrue();
    String url = server.url();
    assertThat(get(url + "/version")).startsWith("3.");
    MlflowServer again = new MlflowServer(MlflowServer.program(HOME), directory.resolve("mlflow"));
    assertThat(again.start()).isFalse();
    assertThat(again.url()).isEqualTo(url);

    long launcher =
        Json.MAPPER
            .readTree(Files.readString(directory.resolve("mlflow/server.json")))
            .at("/processes/0/pid")
            .asLong();
    ProcessHandle.of(launcher).orElseThrow().destroyForcibly();
    assertThat(again.isUp()).isTrue(); // its worker goes on serving
    assertThat(again.stop()).isTrue();
    assertThat(again.isUp()).isFalse();

    assertThat(again.start()).isTrue();
    assertThat(again.url()).isEqualTo(url);
  }

  private static String get(String url) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
