package org.millrace.contracts.registry;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where runs, models and aliases are kept. Every write is idempotent: the same record sent twice
 * leaves one run, one version.
 *
 * <p>Placement: driver only. Thread-safe. Failures of the system behind it are {@code
 * MillraceException} with category EXTERNAL, after the adapter's own retries.
 */
public interface ModelRegistry extends AutoCloseable {
  /** {@code mlflow} or {@code directory}. */
  String kind();

  /** Where people look: a URL or a directory. */
  String location();

  /** Fails with EXTERNAL where the system does not answer now; changes no run, model or alias. */
  void requireUp();

  /** Link to a run's page (or its file). */
  String runLink(String experiment, String runId);

  /**
   * Writes a whole run: params, metrics, tags, dataset inputs, input models; and ends it. A success
   * is one run for each {@link RunRecord#runKey()} and fingerprint: the first whole record stays. A
   * failed attempt is a run of its own for each start.
   *
   * @return the run's id; the same one for the same record
   */
  String logRun(RunRecord run);

  /**
   * Uploads a packaged model, makes a logged model of it and registers a version of it under {@code
   * model.name()}. The version comes last: an upload that broke off is taken up by the next call.
   * DATA_CONTRACT where the file is not the one that the SHA-256 names, DEFINITION where there is
   * no such run.
   *
   * @return the version; the same one for the same run and SHA-256
   */
  ModelVersion register(String runId, ModelPackage model);

  /** The version that an alias names; empty where there is no such alias or no such model. */
  Optional<ModelVersion> byAlias(String name, String alias);

  /**
   * The number of the version that an alias names, also where that version is gone; empty where
   * there is no such alias. MLflow removes an alias together with its version.
   */
  default Optional<String> aliasTarget(String name, String alias) {
    return byAlias(name, alias).map(ModelVersion::version);
  }

  /** The version of that number; empty where there is none. */
  Optional<ModelVersion> byVersion(String name, String version);

  /** All versions of a model, the newest first; none where there is no such model. */
  List<ModelVersion> versions(String name);

  /** The newest version registered from a run with this key; empty where there is none. */
  Optional<ModelVersion> byRunKey(String name, String runKey);

  /**
   * Points an alias at a version, if it names what the caller last saw there; else nothing changes.
   * One move of many that expect the same wins, as far as the registry can tell: the directory
   * compares and writes under its lock; MLflow has no compare-and-set, so that its adapter reads,
   * compares, writes and reads back, and two moves within that moment can both be reported as done.
   *
   * @param expected version that holds the alias; empty where no version does
   * @param to version that gets it; DEFINITION where there is no such version
   * @throws org.millrace.contracts.MillraceException of category BUSY where the alias names another
   *     version than the expected one
   */
  void moveAlias(String name, String alias, Optional<String> expected, String to);

  /** Adds or replaces tags of a version. DEFINITION where there is no version. */
  void tagVersion(String name, String version, Map<String, String> tags);

  /**
   * Copies one file of a version's model directory to {@code target}, and checks the SHA-256 where
   * the version's tags name one for it.
   *
   * @param file path inside the model directory, such as {@code model.onnx}
   */
  void download(ModelVersion version, String file, Path target);

  @Override
  void close();
}
