package org.millrace.orchestration.it;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import org.millrace.contracts.Json;

/** What MLflow holds of the model, asked over its REST interface. */
final class MlflowState {
  private static final String MODEL = "late_flight";

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI server;

  MlflowState(URI server) {
    this.server = server;
  }

  /** The version that has the alias. */
  String champion() {
    return get("registered-models/alias?name=" + MODEL + "&alias=champion")
        .at("/model_version/version")
        .asText();
  }

  /** How many versions are registered. */
  int versions() {
    return get("model-versions/search?filter=name%3D%27" + MODEL + "%27")
        .path("model_versions")
        .size();
  }

  /** A tag of a version. */
  String tag(String version, String key) {
    for (JsonNode tag :
        get("model-versions/get?name=" + MODEL + "&version=" + version).at("/model_version/tags")) {
      if (tag.path("key").asText().equals(key)) {
        return tag.path("value").asText();
      }
    }

    return "";
  }

  /** How many runs the experiment has, of all names that start so. */
  long runs(String name) {
    String experiment =
        get("experiments/get-by-name?experiment_name=" + MODEL)
            .at("/experiment/experiment_id")
            .asText();
    JsonNode runs =
        post(
                "runs/search",
                Json.write(
                    Map.of(
                        "experiment_ids",
                        List.of(experiment),
                        "filter",
                        "attributes.run_name LIKE '" + name + "%'")))
            .path("runs");
    return runs.size();
  }

  private JsonNode get(String call) {
    return send(HttpRequest.newBuilder(address(call)).build());
  }

  private JsonNode post(String call, String body) {
    return send(
        HttpRequest.newBuilder(address(call))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build());
  }

  private URI address(String call) {
    return server.resolve("/api/2.0/mlflow/" + call);
  }

  private JsonNode send(HttpRequest request) {
    try {
      return Json.MAPPER.readTree(client.send(request, BodyHandlers.ofString()).body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while MLflow was asked", e);
    }
  }
}
