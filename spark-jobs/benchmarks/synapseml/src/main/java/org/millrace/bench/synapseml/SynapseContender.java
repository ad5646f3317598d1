package org.millrace.bench.synapseml;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.sum;

import ai.onnxruntime.OrtEnvironment;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.azure.synapse.ml.onnx.ONNXModel;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;

/**
 * SynapseML's ONNXModel as a contender; the conversation is that of {@code
 * org.millrace.bench.run.ContenderProcess}. {@code synapseml} takes batches of the task's size,
 * {@code synapseml-default} what the library takes by itself.
 */
public final class SynapseContender {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int WEIGHTS = 1009; // org.millrace.bench.run.Check

  private final JsonNode task;
  private final SparkSession spark;
  private final ONNXModel model;

  private SynapseContender(JsonNode task) {
    this.task = task;
    this.spark =
        SparkSession.builder()
            .master("local[" + task.get("cores").asInt() + "]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.local.dir", task.get("scratch").asText() + "/spark")
            .config("spark.sql.warehouse.dir", task.get("scratch").asText() + "/warehouse")
            .getOrCreate();
    spark.sparkContext().setLogLevel("WARN");
    this.model = new ONNXModel().setModelLocation(task.get("model").asText());
    model.setDeviceType("CPU");
    model.setFeedDict("x", "features");
    model.setFetchDict("score", "score");
    if (task.get("kind").asText().equals("synapseml")) {
      model.setMiniBatchSize(task.get("batch").asInt());
    }
  }

  public static void main(String[] arguments) throws IOException {
    PrintStream answers =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    System.setOut(System.err);
    SynapseContender contender = new SynapseContender(JSON.readTree(arguments[0]));
    answers.println(
        JSON.writeValueAsString(Map.of("ready", true, "versions", contender.versions())));
    BufferedReader questions =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String question = questions.readLine();
        question != null && !question.equals("end");
        question = questions.readLine()) {
      answers.println(JSON.writeValueAsString(contender.reply(question)));
    }

    contender.spark.stop();
  }

  private Map<String, Object> reply(String question) {
    try {
      return switch (question) {
        case "check" -> check();
        case "round" -> round();
        default -> Map.of("error", "unknown question " + question);
      };
    } catch (RuntimeException e) {
      e.printStackTrace();
      return Map.of("error", String.valueOf(e));
    }
  }

  private Map<String, Object> round() {
    Dataset<Row> job = scored(task.get("data").asText());
    long start = System.nanoTime();
    job.write().format("noop").mode("overwrite").save();
    double seconds = (System.nanoTime() - start) / 1e9;
    return Map.of("seconds", seconds, "rows", task.get("rows").asLong());
  }

  private Map<String, Object> check() {
    Dataset<Row> scored = scored(task.get("checkData").asText());
    boolean vector = scored.schema().apply("score").dataType() instanceof ArrayType;
    Column score = (vector ? element_at(col("score"), 1) : col("score")).cast("double");
    Row told =
        scored
            .agg(
                count(lit(1)),
                sum(score),
                sum(score.multiply(pmod(col("id"), lit(WEIGHTS)))),
                sum(abs(score)))
            .head();
    return Map.of(
        "rows", told.getLong(0),
        "sum", told.getDouble(1),
        "weighted", told.getDouble(2),
        "absolute", told.getDouble(3));
  }

  private Dataset<Row> scored(String folder) {
    List<Column> columns = new ArrayList<>();
    task.get("columns").forEach(name -> columns.add(col(name.asText())));
    Column features =
        columns.size() == 1 ? columns.get(0) : array(columns.toArray(Column[]::new));
    Dataset<Row> input = spark.read().parquet(folder).select(col("id"), features.as("features"));
    return model.transform(input).select("id", "score");
  }

  private Map<String, String> versions() {
    return Map.of(
        "java", System.getProperty("java.version"),
        "spark", spark.version(),
        "onnxruntime", OrtEnvironment.getEnvironment().getVersion(),
        "batch rows", String.valueOf(model.getMiniBatchSize()));
  }
}
