package org.millrace.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.SqlServerState;

/** Two lakes of one home, each with a server: a process that listens and says so in its lake. */
class TestSqlSession {
  private Path directory;
  private HomeFixture home;

  @BeforeEach
  void makeHomeWithTwoLakes(@TempDir Path temporary) throws IOException {
    directory = temporary;
    home = new HomeFixture(directory).sparkSubmit(AnnouncedServer.shellLine());
    home.write("conf/millrace.yaml", "lake: lake\n");
    home.write("other/millrace.yaml", "lake: other-lake\n");
  }

  @AfterEach
  void endServers() {
    Stream.of("lake", "other-lake").flatMap(this::server).forEach(ProcessHandle::destroyForcibly);
  }

  @Test
  void aCallOnOneLakeLeavesTheServerOfAnotherUp() {
    session("conf").up();
    String url = session("conf").server().url().orElseThrow();

    // starts a server of the other lake for the call, whose client ends: the home has no Spark
    assertThat(home.execute("sql", "-e", "SELECT 1", "--conf", "other")).isNotZero();

    assertThat(home.err())
        .contains("Starting a SQL server for this call; `bin/millrace sql --serve --conf other` ");
    assertThat(server("other-lake")).isEmpty();
    assertThat(session("conf").server().url()).contains(url);
  }

  @Test
  void stopsTheServerOfOneLakeOrThoseOfAll() throws IOException {
    session("conf").up();
    session("other").up();
    assertThat(home.execute("sql", "--allow-writes", "--conf", "other")).isEqualTo(64);
    assertThat(home.err()).contains("stop it with `bin/millrace sql --stop --conf other` and");
    assertThat(home.execute("sql", "--stop", "--conf", "other")).isZero();
    assertThat(server("other-lake")).isEmpty();
    assertThat(server("lake")).isNotEmpty();

    session("other").up();
    home.write("conf/millrace.yaml", "lake: [");
    assertThat(home.execute("quickstart", "--stop")).isZero();
    assertThat(home.out())
        .contains("Stopped the SQL server of " + directory.resolve("lake") + ".\n")
        .contains("Stopped the SQL server of " + directory.resolve("other-lake") + ".\n");
    assertThat(server("lake")).isEmpty();
    assertThat(server("other-lake")).isEmpty();
  }

  @Test
  void stopsAServerWhoseStateAFormerReleaseKept() throws IOException {
    session("conf").up();
    Path state = stateOfTheOnlyServer();
    String text = Files.readString(state);
    Files.writeString(
        directory.resolve(".millrace/sql/server.json"),
        text.replaceFirst("\"name\":\"[^\"]*\",", ""));
    Files.delete(state);

    assertThat(home.execute("quickstart", "--stop")).isZero();
    assertThat(home.out()).startsWith("Stopped the SQL server.\n");
    assertThat(server("lake")).isEmpty();
  }

  @Test
  void aStateThatCannotBeReadKeepsNoOtherServerUp() throws IOException {
    session("conf").up();
    home.write(".millrace/sql/server.json", "{");

    assertThat(home.execute("quickstart", "--stop")).isEqualTo(69);
    assertThat(home.err()).contains(".millrace/sql/server.json is not a service state");
    assertThat(home.out()).contains("Stopped the SQL server of ").contains("No MLflow server ran.");
    assertThat(server("lake")).isEmpty();
  }

  private Path stateOfTheOnlyServer() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve(".millrace/sql"))) {
      return files.filter(file -> file.endsWith("server.json")).findFirst().orElseThrow();
    }
  }

  private SqlSession session(String conf) {
    LaunchOptions options = new LaunchOptions();
    options.conf = Path.of(conf);
    CommandContext context = home.context();
    return new SqlSession(context, new JobLauncher(context, options));
  }

  private Stream<ProcessHandle> server(String lake) {
    return SqlServerState.read(directory.resolve(lake))
        .flatMap(SqlServerState::process)
        .map(Stream::of)
        .orElseGet(Stream::empty);
  }
}
