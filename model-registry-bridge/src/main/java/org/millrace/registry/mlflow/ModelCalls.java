package org.millrace.registry.mlflow;

import static org.millrace.registry.mlflow.MlflowMessages.parse;
import static org.millrace.registry.mlflow.MlflowMessages.print;
import static org.millrace.registry.mlflow.MlflowMessages.quoted;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.mlflow.api.proto.ModelRegistry;

/** MLflow's calls for logged models, registered models, versions and aliases, each one exchange. */
final class ModelCalls {
  /** A logged model: an upload that versions are registered from. */
  record LoggedModel(String id, String artifactUri) {
    static LoggedModel of(JsonNode model) {
      JsonNode info = model.path("info");
      return new LoggedModel(info.path("model_id").asText(), info.path("artifact_uri").asText());
    }
  }

  private static final String PAGE = "100";

  private final MlflowTransport http;

  ModelCalls(MlflowTransport http) {
    this.http = http;
  }

  /** The first logged model of the experiment whose tag has this value. */
  Optional<LoggedModel> findLoggedModel(String experimentId, String tag, String value) {
    ObjectNode body =
        MlflowMessages.object()
            .put("filter", "tags.`" + tag + "` = " + quoted(value))
            .put("max_results", 1);
    body.putArray("experiment_ids").add(experimentId);
    JsonNode models =
        parse(http.send("POST", "logged-models/search", body.toString())).path("models");
    return StreamSupport.stream(models.spliterator(), false).map(LoggedModel::of).findFirst();
  }

  LoggedModel createLoggedModel(ObjectNode body) {
    return LoggedModel.of(parse(http.send("POST", "logged-models", body.toString())).path("model"));
  }

  void finishLoggedModel(String modelId) {
    ObjectNode body =
        MlflowMessages.object().put("model_id", modelId).put("status", "LOGGED_MODEL_READY");
    http.send("PATCH", "logged-models/" + modelId, body.toString());
  }

  void ensureRegisteredModel(String name) {
    try {
      http.send(
          "POST",
          "registered-models/create",
          print(ModelRegistry.CreateRegisteredModel.newBuilder().setName(name)));
    } catch (MlflowFailure e) {
      if (!e.code().equals("RESOURCE_ALREADY_EXISTS")) {
        throw e;
      }
    }
  }

  ModelRegistry.ModelVersion createVersion(ObjectNode body) {
    String reply = http.send("POST", "model-versions/create", body.toString());
    return parse(reply, ModelRegistry.CreateModelVersion.Response.newBuilder()).getModelVersion();
  }

  /** All of them, newest first. */
  List<ModelRegistry.ModelVersion> searchVersions(String filter) {
    Map<String, String> query = new HashMap<>();
    query.put("filter", filter);
    query.put("order_by", "version_number DESC");
    query.put("max_results", PAGE);
    List<ModelRegistry.ModelVersion> versions = new ArrayList<>();
    String page;
    do {
      ModelRegistry.SearchModelVersions.Response.Builder found =
          parse(
              http.get("model-versions/search", query),
              ModelRegistry.SearchModelVersions.Response.newBuilder());
      versions.addAll(found.getModelVersionsList());
      page = found.getNextPageToken();
      query.put("page_token", page);
    } while (!page.isEmpty());
    return versions;
  }

  Optional<ModelRegistry.ModelVersion> getVersion(String name, String version) {
    try {
      String reply = http.get("model-versions/get", Map.of("name", name, "version", version));
      return Optional.of(
          parse(reply, ModelRegistry.GetModelVersion.Response.newBuilder()).getModelVersion());
    } catch (MlflowFailure e) {
      if (e.isAbsence()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  Optional<ModelRegistry.ModelVersion> getByAlias(String name, String alias) {
    try {
      String reply = http.get("registered-models/alias", Map.of("name", name, "alias", alias));
      return Optional.of(
          parse(reply, ModelRegistry.GetModelVersionByAlias.Response.newBuilder())
              .getModelVersion());
    } catch (MlflowFailure e) {
      // An absent alias of a model that exists is a 400 with no code of its own.
      boolean noAlias = e.status() == 400 && String.valueOf(e.getMessage()).contains("not found");
      if (noAlias || e.isAbsence()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Asks for one registered model, whichever it is. */
  void probe() {
    http.get("registered-models/search", Map.of("max_results", "1"));
  }

  void setAlias(String name, String alias, String version) {
    http.send(
        "POST",
        "registered-models/alias",
        print(
            ModelRegistry.SetRegisteredModelAlias.newBuilder()
                .setName(name)
                .setAlias(alias)
                .setVersion(version)));
  }

  void setTag(String name, String version, String key, String value) {
    http.send(
        "POST",
        "model-versions/set-tag",
        print(
            ModelRegistry.SetModelVersionTag.newBuilder()
                .setName(name)
                .setVersion(version)
                .setKey(key)
                .setValue(value)));
  }

  String downloadUri(String name, String version) {
    String reply =
        http.get("model-versions/get-download-uri", Map.of("name", name, "version", version));
    return parse(reply, ModelRegistry.GetModelVersionDownloadUri.Response.newBuilder())
        .getArtifactUri();
  }
}
