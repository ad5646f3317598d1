package org.millrace.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.contracts.JobResult;

/** {@code check} and {@code preview}, up to where Spark would start. */
class TestDefinitionCommands {
  private Path directory;
  private HomeFixture home;

  @BeforeEach
  void makeHome(@TempDir Path temporary) throws IOException {
    directory = temporary;
    home = new HomeFixture(directory);
  }

  @Test
  void soundDefinitionsAreCountedWithoutSpark() {
    assertThat(home.execute("check")).isZero();
    assertThat(home.out())
        .isEqualTo(
            "The definitions are sound: 1 source, 0 views, 1 spine, 1 model; --data holds them against the files too\n");
    assertThat(directory.resolve(".millrace")).doesNotExist();
  }

  @Test
  void whatNoModelUsesIsNoted() throws IOException {
    Path spine = directory.resolve("conf/spines/flights.yaml");
    Files.writeString(
        directory.resolve("conf/spines/other.yaml"),
        Files.readString(spine).replace("spine: flights", "spine: other"));

    assertThat(home.execute("check")).isZero();
    assertThat(home.out()).endsWith("note: no model uses spine other\n");
    assertThat(home.execute("check", "--json")).isZero();
    String line = home.out().lines().reduce((one, last) -> last).orElseThrow();
    assertThat(JobResult.fromJsonLine(line).counts()).containsEntry("notes", 1L);
    assertThat(home.err()).contains("note: no model uses spine other\n");
  }

  @Test
  void errorsAreToldWithTheirLines() throws IOException {
    Path spine = directory.resolve("conf/spines/flights.yaml");
    Files.writeString(spine, Files.readString(spine).replace("id: [flight]", "ids: [flight]"));

    assertThat(home.execute("check")).isEqualTo(64);
    assertThat(home.err()).contains("conf/spines/flights.yaml:5: unknown key 'ids'");
  }

  @Test
  void schemasArePrintedAndWritten() throws IOException {
    assertThat(home.execute("schema", "view")).isZero();
    assertThat(home.out()).startsWith("{").contains("\"title\": \"Millrace view\"");
    assertThat(home.execute("schema", "views")).isEqualTo(64);
    assertThat(home.err())
        .contains("Cannot print the schema of 'views': expected one of platform, source, view,");
    assertThat(home.execute("schema")).isEqualTo(64);

    Path spine = directory.resolve("conf/spines/flights.yaml");
    Files.writeString(spine, "spine: [");
    assertThat(home.execute("schema", "--write"))
        .as("a broken definition is no hindrance")
        .isZero();
    assertThat(directory.resolve("conf/schemas/label.json")).content().contains("Millrace label");
  }

  @Test
  void bothStartOneJob() {
    assertThat(home.execute("check", "--data", "--print-command")).isZero();
    assertThat(home.out()).contains(" --driver-memory 2g ").contains(" check --conf ");

    assertThat(
            home.execute(
                "preview", "source", "raw.flights", "--date", "2024-03-01", "--print-command"))
        .isZero();
    assertThat(home.out())
        .contains(" preview --kind source --name raw.flights --rows 20 --date 2024-03-01 --conf ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "preview view loans --date 2024-03-01 | Cannot find view 'loans': conf has none",
        "preview table loans --date 2024-03-01 | expected one of [SOURCE, VIEW, SPINE, LABEL, TRAINING]",
        "preview spine flights | Cannot show rows of spine flights without a day: give one with --date",
        "preview source raw.flights --date 2024-03-01 --rows 0 | --rows is a number from 1 on",
      })
  void wrongArgumentsAreToldBeforeSparkStarts(String arguments, String message) {
    assertThat(home.execute(arguments.split(" ", -1))).isEqualTo(64);
    assertThat(home.err()).contains(message);
  }
}
