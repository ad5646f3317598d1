package org.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Json;
import org.millrace.contracts.definition.FeatureViewDefinition.Boundary;
import org.millrace.contracts.files.AsOfRequest;
import org.millrace.contracts.files.OutputRequest;
import org.millrace.contracts.files.ScoreFileRequest;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.TellingFiles.When;
import org.millrace.jobs.score.onnx.TestModels;
import org.millrace.jobs.testing.LoanHouse;

/**
 * A sentence of ours that lies anywhere below Spark reaches whoever gave the command, by each door,
 * with its category; and what Spark itself says of files arrives in words.
 */
@Tag("slow")
final class TestDoors {
  private static final SparkSession SPARK = TestSpark.session();

  private static final String LINES =
      "loan_id,customer,applied_at,amount,repaid\n1,007,2024-03-01 09:00:00,100.5,1\n";

  @TempDir static Path shared;
  private static Path rows;

  @TempDir Path home;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  /** The verbs that open files which people name. */
  private enum Door {
    AS_OF_SPINE {
      @Override
      String[] arguments(Path home, Path file) {
        return onFiles("asof", home, Json.write(asOf(home, file, rows)));
      }
    },
    AS_OF_VIEW {
      @Override
      String[] arguments(Path home, Path file) {
        return onFiles("asof", home, Json.write(asOf(home, rows, file)));
      }
    },
    SCORE_FILE {
      @Override
      String[] arguments(Path home, Path file) {
        ScoreFileRequest request =
            new ScoreFileRequest(
                shared.resolve("matrix.onnx").toString(),
                file.toString(),
                List.of(),
                List.of("amount", "repaid"),
                Map.of(),
                Map.of(),
                Optional.empty(),
                Map.of(),
                new OutputRequest(
                    home.resolve("out").toString(), OutputRequest.Format.PARQUET, false));
        return onFiles("score-file", home, Json.write(request));
      }
    },
    INGEST {
      @Override
      String[] arguments(Path home, Path file) {
        return withHome(home, "ingest", "loan", "--from", "2024-03-01");
      }
    },
    PREVIEW {
      @Override
      String[] arguments(Path home, Path file) {
        return withHome(
            home,
            "preview",
            "--kind",
            "SPINE",
            "--name",
            "loan",
            "--date",
            "2024-03-01",
            "--rows",
            "5");
      }
    },
    CHECK {
      @Override
      String[] arguments(Path home, Path file) {
        return withHome(home, "check", "--last-days", "3");
      }
    },
    INIT {
      @Override
      String[] arguments(Path home, Path file) {
        return withHome(
            home,
            "init",
            "--name",
            "mine",
            "--spine",
            file.toString(),
            "--id",
            "loan_id",
            "--as-of",
            "applied_at",
            "--label",
            file + ":repaid");
      }
    };

    abstract String[] arguments(Path home, Path file);
  }

  @BeforeAll
  static void writeRows() throws IOException {
    Files.write(shared.resolve("matrix.onnx"), TestModels.matrix(false, 1f, -1f));
    rows = shared.resolve("rows.parquet");
    SPARK
        .sql(
            """
            SELECT id AS loan_id, '7' AS customer,
              TIMESTAMP '2024-03-01 09:00:00' + make_interval(0, 0, 0, id) AS applied_at,
              1.5D * id AS amount, CAST(id % 2 AS INT) AS repaid
            FROM range(40)
            """)
        .coalesce(1)
        .write()
        .option("compression", "none") // so that a bit of a value can be turned
        .mode(SaveMode.Overwrite)
        .parquet(shared.resolve("written").toString());
    try (Stream<Path> files = Files.list(shared.resolve("written"))) {
      Files.copy(files.filter(file -> file.toString().endsWith(".parquet")).findAny().get(), rows);
    }

    TellingFiles.mount(SPARK);
  }

  @AfterAll
  static void unmount() {
    TellingFiles.unmount(SPARK);
  }

  static Stream<Arguments> sentences() {
    return Stream.of(Door.values())
        .flatMap(
            door ->
                Stream.of(When.values())
                    .flatMap(
                        when ->
                            Stream.of(ErrorCategory.values())
                                .filter(category -> category != ErrorCategory.INTERNAL)
                                .flatMap(
                                    category ->
                                        endings(when)
                                            .map(
                                                ending ->
                                                    Arguments.of(door, when, category, ending)))));
  }

  /** Those of files whose reading begins in another way. */
  private static Stream<String> endings(When when) {
    return when == When.OPENED_AGAIN || when == When.READ
        ? Stream.of("csv", "parquet")
        : Stream.of("csv");
  }

  @ParameterizedTest
  @MethodSource("sentences")
  void letOurSentencesThrough(Door door, When when, ErrorCategory category, String ending) {
    Path file = write(TellingFiles.name(when, category, ending));

    JobResult result = run(door, file);

    // who begins a pipeline with a file that is not there has misspelt it
    ErrorCategory told =
        door == Door.INIT && category == ErrorCategory.INPUT_MISSING
            ? ErrorCategory.DEFINITION
            : category;
    assertThat(result.message() + printed).contains(TellingFiles.sentence(when, category));
    assertThat(result.category()).isEqualTo(told);
    assertThat(result.exitCode()).isEqualTo(told.exitCode());
  }

  static Stream<Arguments> brokenFiles() {
    return Stream.of(Door.values())
        .flatMap(door -> Stream.of(BrokenFile.values()).map(broken -> Arguments.of(door, broken)));
  }

  @ParameterizedTest
  @MethodSource("brokenFiles")
  void sayInWordsWhatIsWrongWithAFile(Door door, BrokenFile broken) throws IOException {
    Path file = write("broken." + broken.ending());
    Files.write(file, broken.bytes(rows));

    JobResult result = run(door, file);

    String said = result.message() + printed;
    assertThat(result.exitCode()).as(said).isEqualTo(65);
    assertThat(said)
        .contains("broken." + broken.ending())
        .doesNotContain("__millrace", "A defect", "Exception", "org.apache", "java.", "\tat ")
        .doesNotContainPattern("\\[[A-Z]+_[A-Z_.]+\\]");
    assertThat(home.resolve("out")).doesNotExist();
    assertThat(home.resolve("lake/warehouse/raw.db/loans")).doesNotExist();
    assertThat(home.resolve("conf/training/mine.yaml")).doesNotExist();
  }

  private JobResult run(Door door, Path file) {
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    Surroundings surroundings =
        new Surroundings(
            Map.of(),
            Clock.systemUTC(),
            new ByteArrayInputStream(new byte[0]),
            out,
            out,
            new SharedSessions());
    return new JobProgram(surroundings)
        .run(door.arguments(home, file), UUID.randomUUID().toString());
  }

  /** Sessions of the one context of this JVM, which go on after the job. */
  private static final class SharedSessions implements SparkSessions {
    @Override
    public SparkSession open(String name, Map<String, String> settings) {
      return SPARK;
    }

    @Override
    public void close(SparkSession spark) {}
  }

  /** A home in which the only file of the source is this one. */
  private Path write(String name) {
    LoanHouse house = new LoanHouse(home);
    house.writeModel();
    Path file = home.resolve("loans").resolve(name);
    try {
      Files.delete(home.resolve("loans/2024-03-01.csv"));
      house.replace("conf/sources/loans.yaml", "*.csv", "*" + name.substring(name.indexOf('.')));
      boolean isText = name.contains(".csv") || name.contains(".json");
      if (!isText) {
        house.replace("conf/sources/loans.yaml", "    zone: Europe/Berlin\n", "");
      }

      Files.write(file, isText ? LINES.getBytes(StandardCharsets.UTF_8) : Files.readAllBytes(rows));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return file;
  }

  private static AsOfRequest asOf(Path home, Path spine, Path view) {
    return new AsOfRequest(
        spine.toString(),
        "applied_at",
        view.toString(),
        Map.of("customer", "customer"),
        "applied_at",
        Optional.empty(),
        Optional.empty(),
        Boundary.INCLUSIVE,
        Optional.empty(),
        List.of("amount"),
        List.of(),
        "v_",
        new OutputRequest(home.resolve("out").toString(), OutputRequest.Format.PARQUET, false));
  }

  private static String[] onFiles(String verb, Path home, String request) {
    return withHome(home, verb, "--request", request);
  }

  private static String[] withHome(Path home, String... arguments) {
    return Stream.concat(
            Stream.of(arguments),
            Stream.of("--conf", home.resolve("conf").toString(), "--home", home.toString()))
        .toArray(String[]::new);
  }
}
