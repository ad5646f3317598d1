package org.millrace.orchestration.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.millrace.contracts.Json;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.registry.testing.PythonEnv;

/** The champion as a Python user loads it. */
class PythonChampionIT {
  private static final String SCRIPT =
      """
      import json, sys
      import mlflow, pandas

      given = json.load(open(sys.argv[1]))
      frame = pandas.DataFrame(given["rows"], columns=given["columns"])
      numbers = [c for c in given["columns"] if c not in given["texts"]]
      frame[numbers] = frame[numbers].astype("float64")
      model = mlflow.pyfunc.load_model("models:/late_flight@champion")
      print(json.dumps([float(score) for score in model.predict(frame)["score"].ravel()]))
      """;

  private final SharedLake lake = SharedLake.get();

  @Test
  @ResourceLock(value = SharedLake.REGISTRY, mode = ResourceAccessMode.READ)
  @ResourceLock(value = SharedLake.TABLES, mode = ResourceAccessMode.READ_WRITE)
  void predictsInPythonWhatWasPublished(@TempDir Path directory)
      throws IOException, InterruptedException {
    assertThat(lake.night().publish().exitCode()).isZero();
    Definitions definitions = lake.definitions();
    TrainingDefinition training =
        Definitions.named(definitions.training(), "training", "late_flight");
    List<String> columns = new ArrayList<>(training.numeric());
    columns.addAll(training.categorical());
    // features of the gate's slice, joined for the training set; scores from the nightly job
    List<List<String>> rows =
        lake.sql()
            .rows(
                "SELECT p.score, t."
                    + String.join(", t.", columns)
                    + " FROM training.late_flight t JOIN late_flight_current p"
                    + " ON p.flight_id = t.flight_id AND p.flight_date = DATE'"
                    + SharedLake.NIGHT
                    + "'");
    assertThat(rows).hasSizeGreaterThan(500);
    assertThat(rows).as("also rows with missing features").anyMatch(row -> row.contains("NULL"));

    JsonNode scores = predict(directory, training, columns, rows);

    assertThat(scores).hasSameSizeAs(rows);
    for (int i = 0; i < rows.size(); i++) {
      double published = Double.parseDouble(rows.get(i).get(0));
      assertThat(scores.get(i).asDouble()).as(rows.get(i) + "").isCloseTo(published, within(1e-6));
    }
  }

  private JsonNode predict(
      Path directory, TrainingDefinition training, List<String> columns, List<List<String>> rows)
      throws IOException, InterruptedException {
    List<List<Object>> values = new ArrayList<>();
    for (List<String> row : rows) {
      List<Object> inputs = new ArrayList<>();
      for (int i = 0; i < columns.size(); i++) {
        String text = row.get(i + 1);
        boolean isText = training.categorical().contains(columns.get(i));
        inputs.add(isText ? text : text.equals("NULL") ? Double.NaN : Double.valueOf(text));
      }

      values.add(inputs);
    }

    Map<String, Object> given =
        Map.of("columns", columns, "texts", training.categorical(), "rows", values);
    Path file = Files.writeString(directory.resolve("rows.json"), Json.write(given));
    String output =
        PythonEnv.of("mlflow").run(SCRIPT, lake.mlflow().environment(), file.toString());
    return Json.MAPPER.readTree(output.lines().reduce("", (first, last) -> last));
  }
}
