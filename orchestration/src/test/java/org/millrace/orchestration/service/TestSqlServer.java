package org.millrace.orchestration.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.MillraceException;
import org.millrace.orchestration.launch.ProcessTree;

class TestSqlServer {
  private Path lake;
  private SqlServer server;
  private Process process;

  @BeforeEach
  void startAProcess(@TempDir Path temporary) throws IOException {
    lake = temporary;
    server = new SqlServer(lake, new Service("the SQL server", lake.resolve("state")));
    process = new ProcessBuilder("sleep", "300").start();
  }

  @AfterEach
  void endTheProcess() {
    process.destroyForcibly();
  }

  @Test
  void isUpWhereItsProcessLivesAndItsPortAnswers() throws IOException {
    assertThat(server.url()).isEmpty();
    try (ServerSocket port = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      announce(port.getLocalPort(), started());
      assertThat(server.url())
          .contains("jdbc:hive2://127.0.0.1:" + port.getLocalPort() + "/default");

      process.destroyForcibly();
      process.onExit().join();
      assertThat(server.url()).isEmpty();
    }
  }

  @Test
  void isDownWhereItsPortDoesNotAnswer() throws IOException {
    announce(Ports.freePort(0), started());

    assertThat(server.url()).isEmpty();
  }

  @Test
  void stopsAServerThatSomebodyElseStarted() throws IOException {
    announce(1, started());

    assertThat(server.stop()).isTrue();
    assertThat(ProcessTree.isRunning(process.toHandle())).isFalse();
    assertThat(server.stop()).isFalse();
  }

  @Test
  void leavesAProcessAloneThatStartedAfterTheAnnouncement() throws IOException {
    announce(1, started().minusSeconds(3600));

    assertThat(server.stop()).isFalse();
    assertThat(ProcessTree.isRunning(process.toHandle())).isTrue();
  }

  @Test
  void saysWhetherClientsMayWrite() throws IOException {
    announce(1, started());
    assertThat(server.allowsWrites()).as("an older server says nothing").isFalse();
    Path announcement = lake.resolve("metastore/server.json");
    String text = Files.readString(announcement);
    Files.writeString(announcement, text.replace("}", ",\"allowsWrites\":true}"));
    assertThat(server.allowsWrites()).isTrue();
  }

  @Test
  void refusesABrokenAnnouncement() throws IOException {
    Files.createDirectories(lake.resolve("metastore"));
    Files.writeString(lake.resolve("metastore/server.json"), "{");

    assertThatThrownBy(() -> server.url())
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("is not what a server writes");
  }

  private Instant started() {
    return process.info().startInstant().orElseThrow();
  }

  private void announce(int port, Instant startedAt) throws IOException {
    Files.createDirectories(lake.resolve("metastore"));
    Files.writeString(
        lake.resolve("metastore/server.json"),
        "{\"pid\":%d,\"port\":%d,\"derbyPort\":1527,\"startedAt\":\"%s\"}"
            .formatted(process.pid(), port, startedAt));
  }
}
