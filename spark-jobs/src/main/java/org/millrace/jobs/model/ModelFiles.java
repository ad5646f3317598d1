package org.millrace.jobs.model;

import org.millrace.contracts.registry.ModelVersion;

/** Files of a model's directory in the registry. */
public final class ModelFiles {
  /** The model. */
  public static final String ONNX = "model.onnx";

  /** Distribution of every input in the training set, JSON. */
  public static final String PROFILE = "profile.json";

  /** Share of gain by input, JSON. */
  public static final String IMPORTANCES = "importances.json";

  /** What a version needs and gives, JSON. */
  public static final String CONTRACT = "contract.json";

  /** What MLflow says of a model, YAML. */
  public static final String MLMODEL = "MLmodel";

  /** Tag that has when a version was registered, or taken up if another tool registered it. */
  public static final String REGISTERED_AT = "millrace.registered_at";

  private ModelFiles() {}

  /**
   * How many rows of a training set reach each leaf of its trees; kept in the lake alone.
   *
   * @param set version of the training set
   */
  public static String covers(long set) {
    return "covers.v" + set + ".txt";
  }

  /** Whether a version was registered with a file; a tag with the file's SHA-256 says so. */
  public static boolean isCarriedBy(ModelVersion version, String file) {
    return version.tags().containsKey("sha256." + file);
  }
}
