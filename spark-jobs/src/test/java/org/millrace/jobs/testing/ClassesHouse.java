package org.millrace.jobs.testing;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Json;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.definition.Definitions;
import org.millrace.features.sql.CanonicalSql;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;
import org.millrace.jobs.room.RoomResult;
import org.millrace.registry.testing.InMemoryRegistry;

/**
 * A pipeline of three classes over the rows that scikit-learn's models of the corpus were made
 * with, 15 a day. The label of three rows in four is what the logistic regression predicts, that of
 * the others is the class after it. The model's trainer hands out the file that scikit-learn's
 * converter wrote.
 */
public final class ClassesHouse {
  /** In the order of scikit-learn's probabilities. */
  public static final List<String> CLASSES = List.of("early", "late", "on time");

  private static final int ROWS_A_DAY = 15;

  private final Path home;
  private final InMemoryRegistry.Store store = new InMemoryRegistry.Store();

  /** Writes definitions and inputs below a directory. */
  public ClassesHouse(Path home) {
    this.home = home;
    try {
      new GateDefinitions(home);
      Files.delete(home.resolve("conf/features/v.yaml"));
      definitions();
      corpus("skl-logistic-plain", home.resolve("conf/trainers/model.onnx"));
      inputs();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void definitions() {
    source("asked", "day");
    source("outcomes", "came");
    write(
        "spines/s.yaml",
        """
        spine: s
        description: S
        reads: [raw.asked]
        sql: SELECT id, as_of, day, f0, f1, f2, f3, f4, f5, f6, f7, city FROM asked
        id: [id]
        columns: [f0, f1, f2, f3, f4, f5, f6, f7, city]
        day: day
        """);
    write(
        "labels/outcome.yaml",
        """
        label: outcome
        description: How it came
        reads: [raw.outcomes]
        keys: [id]
        horizon-days: 1
        values: class
        sql: SELECT id, outcome, known_at FROM outcomes
        """);
    training("[early, late, on time]");
    write("trainers/train.sh", "cp trainers/model.onnx $MILLRACE_OUTPUT/model.onnx\n");
    gate(
        """
        ranges: {macro_f1: {min: 0.7}, macro_f1_over_baseline: {min: -1}, log_loss: {max: 1.1}}
        not-worse-than-champion:
          log_loss: {better: lower, by: 0.5, confidence: 0.95}
          accuracy: {by: 0.2}
        """);
    write(
        "scoring/late_flight.yaml",
        "model: late_flight\npredictions: predictions.late_flight\nengine: onnxruntime\n");
  }

  /** The training definition with these classes. */
  public void training(String classes) {
    write(
        "training/late_flight.yaml",
        """
        model: late_flight
        spine: s
        label: outcome
        task: multiclass
        classes: %s
        numeric: [f0, f1, f2, f3, f4, f5, f6, f7]
        days: {from: 2013-01-01, to: 2013-01-10}
        major-minor: "1.0"
        trainer: {command: [sh, trainers/train.sh], files: [trainers/model.onnx]}
        """
            .formatted(classes));
  }

  /** The gate's rules, as its definition writes them. */
  public void gate(String rules) {
    write(
        "gate/late_flight.yaml",
        "model: late_flight\ndays: {from: 2013-01-13, to: 2013-01-16}\n" + rules);
  }

  private void source(String name, String day) {
    write(
        "sources/%s.yaml".formatted(name),
        """
        table: raw.%1$s
        description: D
        inputs: {%1$s: %1$s}
        sql: SELECT * FROM %1$s
        day: %2$s
        empty-days: allow
        """
            .formatted(name, day));
  }

  private void inputs() throws IOException {
    String day = "date_add(DATE'2013-01-01', CAST(id DIV %d AS INT))".formatted(ROWS_A_DAY);
    Dataset<Row> rows = TestSpark.session().read().parquet(resource("rows.parquet"));
    rows.selectExpr("id", "f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "city", day + " AS day")
        .selectExpr("*", "CAST(day AS TIMESTAMP) + INTERVAL 10 HOURS AS as_of")
        .coalesce(1)
        .write()
        .parquet(home.resolve("asked").toString());
    List<Row> labels = new ArrayList<>();
    for (JsonNode label : json("skl-logistic-plain").at("/outputs/label")) {
      int shift = labels.size() % 4 == 0 ? 1 : 0;
      String outcome = CLASSES.get((CLASSES.indexOf(label.asText()) + shift) % CLASSES.size());
      labels.add(RowFactory.create((long) labels.size(), outcome));
    }

    TestSpark.session()
        .createDataFrame(labels, StructType.fromDDL("id BIGINT, outcome STRING"))
        .selectExpr("*", "date_add(%s, 1) AS came".formatted(day))
        .selectExpr("*", "CAST(came AS TIMESTAMP) + INTERVAL 1 HOURS AS known_at")
        .coalesce(1)
        .write()
        .parquet(home.resolve("outcomes").toString());
  }

  private static String resource(String name) {
    return requireNonNull(ClassesHouse.class.getResource("/onnx-corpus/" + name), name).getPath();
  }

  private static JsonNode json(String name) throws IOException {
    return Json.MAPPER.readTree(Files.readString(Path.of(resource(name + ".json"))));
  }

  /** Writes a model of the corpus into a file. */
  public static Path corpus(String name, Path file) throws IOException {
    Files.createDirectories(requireNonNull(file.getParent(), "a file has a directory"));
    try (InputStream model =
        requireNonNull(
            ClassesHouse.class.getResourceAsStream("/onnx-corpus/" + name + ".onnx"), name)) {
      return Files.write(file, model.readAllBytes());
    }
  }

  /**
   * Writes rows of the corpus with the probabilities that scikit-learn gives.
   *
   * @param probabilities SQL of that column
   */
  public static void golden(String name, String probabilities, Path directory) throws IOException {
    List<Row> scores = new ArrayList<>();
    for (JsonNode row : json(name).at("/outputs/probabilities")) {
      List<Double> numbers = new ArrayList<>();
      row.forEach(number -> numbers.add(number.asDouble()));
      scores.add(RowFactory.create((long) scores.size(), numbers.toArray(Double[]::new)));
    }

    TestSpark.session()
        .createDataFrame(scores, StructType.fromDDL("id BIGINT, probabilities ARRAY<DOUBLE>"))
        .join(TestSpark.session().read().parquet(resource("rows.parquet")), "id")
        .selectExpr(
            "f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", probabilities + " AS probabilities")
        .coalesce(1)
        .write()
        .mode("overwrite")
        .parquet(directory.toString());
  }

  /** Writes a definition. */
  public void write(String file, String yaml) {
    GateDefinitions.write(home, file, yaml);
  }

  /** A context as a newly started program has it. */
  public JobContext context() {
    Path conf = home.resolve("conf");
    return TestRooms.context(
        home.resolve("lake"),
        Definitions.load(conf, home, new CanonicalSql()),
        () -> new InMemoryRegistry(store));
  }

  /** Runs a room in a newly started program. */
  public <R extends RoomResult> JobResult run(
      String room, String from, String to, BiFunction<JobContext, RunKey, Room<R>> opened) {
    return TestRooms.line(context(), TestRooms.key(room, from, to), opened);
  }

  /** The table of predictions, as SQL reads it. */
  public Dataset<Row> predictions() {
    JobContext context = context();
    return context.lake().read(context.lake().current("predictions.late_flight").orElseThrow());
  }
}
