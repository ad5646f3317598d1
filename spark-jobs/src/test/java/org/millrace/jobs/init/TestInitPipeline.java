package org.millrace.jobs.init;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.definition.DefinitionLines;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.InputDefinition;
import org.millrace.contracts.definition.JdbcTable;
import org.millrace.contracts.definition.LabelDefinition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.features.sql.CanonicalSql;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.check.CheckDefinitions;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Definitions from files, held against the files by the same check that people call. */
@Tag("slow")
final class TestInitPipeline {
  private static final PrintStream SILENT =
      new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);

  @TempDir private Path home;
  private final List<String> said = new ArrayList<>();

  @BeforeEach
  void writeFiles() throws IOException {
    home = home.toRealPath();
    StringBuilder loans =
        new StringBuilder("Loan ID,customer,applied at,amount,kind,note,repaid\n");
    StringBuilder outcomes = new StringBuilder("Loan ID,came,known\n");
    StringBuilder visits = new StringBuilder("customer,at,minutes\n");
    for (int id = 0; id < 120; id++) {
      LocalDate date = LocalDate.parse("2024-03-01").plusDays(id / 3);
      String amount = id % 5 == 0 ? "NA" : Double.toString(id * 1.5);
      loans.append(
          "%d,%03d,%s 1%d:00:00,%s,%s,n%d,%d\n"
              .formatted(id, id % 7, date, id % 3, amount, "ab".charAt(id % 2), id, id % 2));
      outcomes.append("%d,%s,%s\n".formatted(id, id % 2 == 0 ? "yes" : "no", date.plusDays(4)));
      visits.append("%03d,%s 08:00:00,%d\n".formatted(id % 7, date, id % 3));
    }

    StringBuilder people = new StringBuilder("customer,since,age,city\n");
    for (int id = 0; id < 7; id++) {
      people.append(
          "%03d,2024-0%d-05,%d,%s\n".formatted(id, 1 + id % 3, 20 + id, "xy".charAt(id % 2)));
    }

    write("loans/1.csv", loans.toString());
    write("outcomes.csv", outcomes.toString());
    write("visits.csv", visits.toString());
    write("people.csv", people.toString());
    write("dated/rows.2024-01-01.csv", "a\n1\n");
  }

  @Test
  void writesDefinitionsThatFitTheFiles() {
    JobResult result =
        init(
            new TypedAnswers("loans")
                .facts("people.csv:customer@since")
                .events("visits.csv:customer@at"));

    assertThat(result.exitCode()).as(result.message()).isZero();
    Definitions definitions = definitions();
    Pipeline pipeline = Pipeline.of(definitions, "loans");
    assertThat(pipeline.platform().dayZone()).isEqualTo(TypedAnswers.ZONE);
    assertThat(definitions.sources().keySet())
        .containsExactly("raw.loans", "raw.outcomes", "raw.people", "raw.visits");
    InputDefinition input =
        Definitions.named(pipeline.source("raw.loans").inputs(), "input", "loans");
    assertThat(input.columns())
        .containsEntry("Loan ID", "bigint")
        .containsEntry("customer", "string")
        .as("NA is no number")
        .containsEntry("amount", "double");
    assertThat(input.text().nulls()).containsExactly("NA");
    assertThat(pipeline.source("raw.people").start()).contains(LocalDate.parse("2024-03-01"));

    LabelDefinition label = pipeline.label().orElseThrow();
    assertThat(label.keys()).containsExactly("loan_id");
    assertThat(label.horizonDays()).as("a date is known when it has ended").isEqualTo(5);
    assertThat(label.sql().text()).contains("CASE WHEN came = 'yes' THEN 1 ELSE 0 END");
    assertThat(Definitions.named(definitions.views(), "view", "people").rules())
        .contains("# all of the rows\n  IsComplete \"age\"");
    assertThat(home.resolve("mine/schedule/loans.crontab")).content().contains("--catch-up");
  }

  @Test
  void feedsTheModelWhatItCanLearnFrom() {
    init(
        new TypedAnswers("loans")
            .facts("people.csv:customer@since")
            .events("visits.csv:customer@at"));

    Definitions definitions = definitions();
    TrainingDefinition training = Pipeline.of(definitions, "loans").training();
    assertThat(Pipeline.of(definitions, "loans").trainedDays())
        .as("the embargo is written out")
        .isEqualTo(training.days());
    assertThat(training.views()).containsExactly("people", "visits_history", "loans_history");
    assertThat(training.numeric())
        .contains("amount", "day_of_week", "hour_of_day", "people__age", "visits_history__rows_7d")
        .doesNotContain("customer", "loan_id");
    assertThat(training.categorical()).contains("kind", "people__city").doesNotContain("note");
    FeatureViewDefinition history = Definitions.named(definitions.views(), "view", "loans_history");
    assertThat(history.boundary()).isEqualTo(FeatureViewDefinition.Boundary.EXCLUSIVE);
    assertThat(history.features().keySet()).contains("amount");
  }

  @Test
  void aSecondPipelineSharesTheSourcesAndViewsThatThereAre() {
    init(new TypedAnswers("loans").facts("people.csv:customer@since"));
    String before = content("sources") + features("people") + features("loans_history");
    assertThat(features("loans_history")).contains("mean_repaid");

    JobResult second =
        init(
            new TypedAnswers("early")
                .label("repaid")
                .labelAfter("3d")
                .facts("people.csv:customer@since"));

    assertThat(second.exitCode()).as(second.message()).isZero();
    assertThat(content("sources") + features("people") + features("loans_history"))
        .isEqualTo(before);
    // the history that there is has the label in it
    assertThat(features("loans_history_2")).doesNotContain("repaid");
    Pipeline early = Pipeline.of(definitions(), "early");
    assertThat(early.training().views()).containsExactly("people", "loans_history_2");
    assertThat(early.label().orElseThrow().reads()).containsExactly("raw.loans");
    assertThat(early.label().orElseThrow().lookBackDays()).isEqualTo(3);
    assertThat(early.spine().columns())
        .as("what comes later is no question")
        .doesNotContain("repaid");
    assertThat(early.scoring().predictions()).isEqualTo("predictions.early");
    assertThat(said).anyMatch(line -> line.contains("view people is there already and is shared"));
  }

  @Test
  void filesMayBeTablesOfADatabase() throws SQLException {
    String url = "jdbc:derby:memory:" + UUID.randomUUID();
    try (Connection database = DriverManager.getConnection(url + ";create=true");
        Statement statement = database.createStatement()) {
      statement.execute(
          "CREATE TABLE people (customer VARCHAR(3), since TIMESTAMP, age INT, city VARCHAR(9))");
      for (int id = 0; id < 7; id++) {
        statement.execute(
            "INSERT INTO people VALUES ('%03d', '2024-0%d-05 12:00:00', %d, '%s')"
                .formatted(id, 1 + id % 3, 20 + id, "xy".charAt(id % 2)));
      }

      JobResult result = init(new TypedAnswers("loans").facts(url + "#people:customer@since"));

      assertThat(result.exitCode()).as(result.message()).isZero();
      InputDefinition input =
          Definitions.named(
              Definitions.named(definitions().sources(), "source", "raw.people").inputs(),
              "input",
              "people");
      assertThat(input.jdbc()).contains(new JdbcTable(url, "people"));
      assertThat(Pipeline.of(definitions(), "loans").training().numeric()).contains("people__age");
    }
  }

  @Test
  void writtenFilesKeepTheSchemasThatTheyName() throws IOException {
    init(
        new TypedAnswers("loans")
            .facts("people.csv:customer@since")
            .events("visits.csv:customer@at"));

    try (Stream<Path> files = Files.walk(home.resolve("mine"))) {
      List<Path> written = files.filter(file -> file.toString().endsWith(".yaml")).toList();
      assertThat(written).hasSizeGreaterThan(10);
      for (Path file : written) {
        assertThat(schemaErrors(file)).as(file.toString()).isEmpty();
      }
    }
  }

  private static Set<ValidationMessage> schemaErrors(Path file) throws IOException {
    String text = Files.readString(file);
    String first = text.lines().findFirst().orElse("");
    assertThat(first).startsWith("# yaml-language-server: $schema=");
    Path schema = file.resolveSibling(first.substring(first.indexOf('=') + 1));
    Object value = new Load(LoadSettings.builder().build()).loadFromString(text);
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7)
        .getSchema(Files.readString(schema))
        .validate(new ObjectMapper().valueToTree(value));
  }

  @Test
  void anotherZoneOrTimeOfASharedSourceIsRefused() {
    init(new TypedAnswers("loans").facts("people.csv:customer@since"));

    assertFails(new TypedAnswers("other").zone("Asia/Tokyo"))
        .hasMessageContaining("Cannot use --zone Asia/Tokyo: the days and sources of");
    assertFails(new TypedAnswers("other").facts("people.csv:customer"))
        .hasMessageContaining("people.csv with no time: source raw.people reads it already");
    assertFails(
            new TypedAnswers("other")
                .facts("people.csv:customer@since")
                .facts("people.csv:customer@since"))
        .hasMessageContaining("people.csv twice by the same keys");
  }

  @Test
  void aDayWithoutRowsAmongFullOnesIsToldAndNotAllowed() throws IOException {
    StringBuilder loans =
        new StringBuilder("Loan ID,customer,applied at,amount,kind,note,repaid\n");
    StringBuilder outcomes = new StringBuilder("Loan ID,came,known\n");
    for (int id = 0; id < 480; id++) {
      LocalDate date = LocalDate.parse("2024-03-01").plusDays(id / 12);
      if (!date.equals(LocalDate.parse("2024-03-11"))) {
        loans.append("%d,%03d,%s 10:00:00,%d,a,n,1\n".formatted(id, id % 7, date, id));
        outcomes.append("%d,%s,%s\n".formatted(id, id % 2 == 0 ? "yes" : "no", date.plusDays(4)));
      }
    }

    write("loans/1.csv", loans.toString());
    write("outcomes.csv", outcomes.toString());
    init(new TypedAnswers("loans"));

    assertThat(said)
        .anyMatch(
            line ->
                line.startsWith(
                    "note: " + home.resolve("loans/*.csv") + " has no rows on 2024-03-11: are"));
    assertThat(home.resolve("mine/sources/loans.yaml"))
        .content()
        .contains("# no rows on 2024-03-11: are files missing?")
        .doesNotContain("\nempty-days: allow");
  }

  @Test
  void whatCannotBeReadWritesNothing() {
    assertFails(new TypedAnswers("loans").id("loan"))
        .hasMessage(
            "Cannot use --id loan: %s has no such column; it has Loan ID, customer, applied at, amount, kind, note, repaid"
                .formatted(home.resolve("loans/*.csv")));
    assertFails(new TypedAnswers("loans").id("customer"))
        .hasMessageContaining("Cannot use --id customer: 7 of its values are in several rows");
    assertFails(new TypedAnswers("loans").asOf("kind"))
        .hasMessageContaining("Cannot use --as-of kind: its values are STRING, and not all of");
    assertFails(new TypedAnswers("loans").label("note"))
        .hasMessageContaining("its values are n")
        .hasMessageContaining("a label is 0 or 1");
    assertFails(new TypedAnswers("loans").label("repaid"))
        .hasMessageContaining("it is unknown when it becomes known; give the number of days");
    assertFails(new TypedAnswers("loans").labelAfter("30d"))
        .hasMessageContaining("Cannot split 2024-03-01_2024-04-09 into days");
    assertFails(new TypedAnswers("loans").facts("visits.csv:customer"))
        .hasMessageContaining("it has several rows of a customer");
    assertThat(home.resolve("mine")).doesNotExist();
  }

  @Test
  void aNameThatIsTakenIsRefused() {
    init(new TypedAnswers("loans"));
    String before = content("training");

    assertFails(new TypedAnswers("loans"))
        .hasMessageContaining(
            "Cannot write pipeline loans: %s defines it already".formatted(home.resolve("mine")));
    assertThat(content("training")).isEqualTo(before);
  }

  @Test
  void keysThatWouldNotMeetAreRefused() {
    write("people.csv", "customer,since,age\n1,2024-01-05,20\n2,2024-01-05,30\n");

    assertFails(new TypedAnswers("loans").facts("people.csv:customer@since"))
        .hasMessageContaining("is STRING")
        .hasMessageContaining("so that 7 and 007 may be two keys or one");
  }

  @Test
  void aPersonIsAskedForWhatIsMissing() {
    BufferedReader typed =
        new BufferedReader(
            new StringReader(
                "loans/*.csv\n\n\noutcomes.csv:came\n\npeople.csv:customer@since\n\n"));
    ByteArrayOutputStream asked = new ByteArrayOutputStream();

    JobResult result =
        init(
            CompleteAnswers.complete(
                new TypedAnswers("loans").none().in(home),
                TestSpark.session(),
                typed,
                new PrintStream(asked, true, StandardCharsets.UTF_8)));

    assertThat(result.exitCode()).as(result.message()).isZero();
    assertThat(asked.toString(StandardCharsets.UTF_8))
        .contains("Files here: dated/*.csv, loans/*.csv, outcomes.csv, people.csv, visits.csv")
        .contains("Which column names a row (several with commas) [Loan ID]: ")
        .contains("Which column has the time when a prediction is asked for [applied at]: ");
    assertThat(Pipeline.of(definitions(), "loans").training().views()).contains("people");
  }

  private AbstractThrowableAssert<?, ?> assertFails(TypedAnswers answers) {
    return assertThatThrownBy(() -> init(answers));
  }

  private JobResult init(TypedAnswers answers) {
    BufferedReader nothing = new BufferedReader(new StringReader(""));
    return init(CompleteAnswers.complete(answers.in(home), TestSpark.session(), nothing, SILENT));
  }

  private JobResult init(InitRequest request) {
    InitPipeline.Check check =
        (lake, definitions) ->
            new CheckDefinitions(
                    lake, definitions, DefinitionLines.of(definitions.conf(), home), SILENT, 0)
                .check();
    return new InitPipeline(
            TestSpark.session(), request, check, (room, text) -> said.add(text), SILENT)
        .write();
  }

  private Definitions definitions() {
    return Definitions.load(home.resolve("mine"), home, new CanonicalSql());
  }

  private String features(String view) {
    try {
      return Files.readString(home.resolve("mine/features/" + view + ".yaml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String content(String room) {
    try (Stream<Path> files = Files.list(home.resolve("mine").resolve(room))) {
      StringBuilder text = new StringBuilder();
      for (Path file : files.sorted().toList()) {
        text.append(file).append(Files.readString(file));
      }

      return text.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(String file, String text) {
    try {
      Path target = home.resolve(file);
      Files.createDirectories(target.getParent());
      Files.writeString(target, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
