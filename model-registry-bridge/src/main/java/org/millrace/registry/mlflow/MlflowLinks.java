package org.millrace.registry.mlflow;

import java.net.URI;
import org.millrace.contracts.registry.ModelVersion;

/**
 * Links to MLflow's pages. Without the workflow type at its end, a link opens MLflow's GenAI mode,
 * which hides runs and models.
 */
final class MlflowLinks {
  private static final String MODE = "?workflowType=machine_learning";

  private MlflowLinks() {}

  static String run(URI server, String experimentId, String runId) {
    return server + "/#/experiments/" + experimentId + "/runs/" + runId + MODE;
  }

  /** Inside MLflow's own pages, such as a run's description. */
  static String version(ModelVersion model) {
    return "#/models/" + model.name() + "/versions/" + model.version() + MODE;
  }
}
