package org.millrace.orchestration.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.ProcessStamp;
import org.millrace.orchestration.launch.ProcessTree;

class TestService {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private Path directory;
  private Service service;

  @BeforeEach
  void makeService(@TempDir Path temporary) {
    directory = temporary;
    service = new Service("the test server", directory.resolve("service"));
  }

  @AfterEach
  void stopService() {
    service.stop();
  }

  @Test
  void startsAServerThatAnotherCallFindsAndStops() {
    service.start(
        shell("echo up; sleep 300 & sleep 300"), Map.of(), 4711, this::hasTwoSleeps, LIMIT);

    Service again = new Service("the test server", directory.resolve("service"));
    assertThat(again.isRunning()).isTrue();
    List<ProcessHandle> processes = again.remembered().orElseThrow().running();
    assertThat(processes).hasSizeGreaterThanOrEqualTo(3);
    assertThat(again.stop()).isTrue();
    assertThat(processes).noneMatch(ProcessTree::isRunning);
    assertThat(again.isRunning()).isFalse();
    assertThat(again.stop()).isFalse();
    assertThat(again.remembered().orElseThrow().port()).isEqualTo(4711);
  }

  @Test
  void stopsTheWorkerWhoseLauncherWasKilled() {
    service.start(shell("sleep 300 & sleep 300"), Map.of(), 4711, this::hasTwoSleeps, LIMIT);
    List<ProcessHandle> processes = service.remembered().orElseThrow().running();
    processes.get(0).destroyForcibly();
    processes.get(0).onExit().join();

    assertThat(service.isRunning()).isTrue();
    assertThat(service.stop()).isTrue();
    assertThat(processes).noneMatch(ProcessTree::isRunning);
  }

  @Test
  void neverTouchesAProcessThatOnlyHasTheSameId() throws IOException {
    Process foreign = new ProcessBuilder("sleep", "300").start();
    try {
      Instant started = foreign.info().startInstant().orElseThrow();
      new ServiceFile(directory.resolve("service/server.json"))
          .write(
              new ServiceState(
                  Optional.empty(),
                  List.of(new ProcessStamp(foreign.pid(), started.minusSeconds(60))),
                  4711));

      assertThat(service.isRunning()).isFalse();
      assertThat(service.stop()).isFalse();
      assertThat(ProcessTree.isRunning(foreign.toHandle())).isTrue();
    } finally {
      foreign.destroyForcibly();
    }
  }

  @Test
  void showsTheLogOfAServerThatEnds() {
    assertThatThrownBy(
            () ->
                service.start(
                    shell("echo the port is taken; exit 3"), Map.of(), 4711, () -> false, LIMIT))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("Cannot start the test server: it ended with 3; the end of")
        .hasMessageContaining("the port is taken");
    assertThat(service.isRunning()).isFalse();
  }

  @Test
  void endsAServerThatIsNotReadyInTime() {
    assertThatThrownBy(
            () ->
                service.start(
                    shell("exec sleep 300"), Map.of(), 4711, () -> false, Duration.ofMillis(300)))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("not ready after 0 s");
    assertThat(service.isRunning()).isFalse();
  }

  @Test
  void refusesAStateFileThatIsBroken() throws IOException {
    Files.createDirectories(directory.resolve("service"));
    Files.writeString(directory.resolve("service/server.json"), "{\"processes\": 7");

    assertThatThrownBy(() -> new Service("x", directory.resolve("service")).remembered())
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("is not a service state");
    Files.delete(directory.resolve("service/server.json"));
  }

  private boolean hasTwoSleeps() {
    return service.remembered().flatMap(state -> state.running().stream().findFirst()).stream()
            .flatMap(ProcessHandle::descendants)
            .count()
        >= 2;
  }

  private static List<String> shell(String script) {
    return List.of("/bin/sh", "-c", script);
  }
}
