package org.millrace.registry.mlflow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.registry.ExpectedHolder;
import org.millrace.contracts.registry.ModelPackage;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.contracts.registry.RunRecord;

/**
 * The registry on an MLflow 3 server.
 *
 * <p>Two processes that send the <em>same</em> record at the same moment can make two runs: MLflow
 * has no unique keys. A job's lease keeps that from happening.
 *
 * <p>Placement: driver only. Thread-safe. Failures: EXTERNAL where MLflow does not answer for
 * {@link MlflowSettings#retryFor()}; DEFINITION for a wrong address, a missing right or something
 * absent; DATA_CONTRACT for a file whose SHA-256 differs; INTERNAL where MLflow refuses what we
 * sent.
 */
public final class MlflowRegistry implements ModelRegistry {
  private final MlflowSettings settings;
  private final MlflowTransport http;
  private final MlflowRetries retries;
  private final RunCalls runCalls;
  private final ModelCalls modelCalls;
  private final RunWriter runs;
  private final ModelWriter models;

  /** Makes no call yet. */
  public MlflowRegistry(MlflowSettings settings) {
    this.settings = settings;
    this.http = new MlflowTransport(settings);
    this.retries = new MlflowRetries(settings);
    this.runCalls = new RunCalls(http);
    this.modelCalls = new ModelCalls(http);
    this.runs = new RunWriter(settings, runCalls, retries);
    this.models = new ModelWriter(runCalls, modelCalls, http, retries);
  }

  @Override
  public String kind() {
    return "mlflow";
  }

  @Override
  public String location() {
    return settings.uri().toString();
  }

  @Override
  public void requireUp() {
    retries.step("reach the model registry", modelCalls::probe);
  }

  @Override
  public String runLink(String experiment, String runId) {
    return MlflowLinks.run(settings.uri(), runs.existingExperimentId(experiment), runId);
  }

  @Override
  public String logRun(RunRecord run) {
    return runs.write(run);
  }

  @Override
  public ModelVersion register(String runId, ModelPackage model) {
    return VersionTags.record(models.write(runId, model));
  }

  @Override
  public Optional<ModelVersion> byAlias(String name, String alias) {
    return retries
        .step("read " + name + "@" + alias, () -> modelCalls.getByAlias(name, alias))
        .map(VersionTags::record);
  }

  @Override
  public Optional<ModelVersion> byVersion(String name, String version) {
    if (!version.matches("[1-9][0-9]{0,8}")) {
      return Optional.empty(); // MLflow would refuse the call
    }

    return retries
        .step("read " + name + "/" + version, () -> modelCalls.getVersion(name, version))
        .map(VersionTags::record);
  }

  @Override
  public Optional<ModelVersion> byRunKey(String name, String runKey) {
    String filter =
        "name = %s and tags.`%s` = %s"
            .formatted(
                MlflowMessages.quoted(name), RunWriter.RUN_KEY, MlflowMessages.quoted(runKey));
    return retries
        .step("look for " + name + " of " + runKey, () -> modelCalls.searchVersions(filter))
        .stream()
        .findFirst()
        .map(VersionTags::record);
  }

  @Override
  public List<ModelVersion> versions(String name) {
    String filter = "name = " + MlflowMessages.quoted(name);
    return retries
        .step("list the versions of " + name, () -> modelCalls.searchVersions(filter))
        .stream()
        .map(VersionTags::record)
        .toList();
  }

  @Override
  public void moveAlias(String name, String alias, Optional<String> expected, String to) {
    requireVersion(name, to);
    ExpectedHolder.require(name, alias, expected, holder(name, alias), location());
    retries.step(
        "point %s@%s at version %s".formatted(name, alias, to),
        () -> modelCalls.setAlias(name, alias, to));
    // no compare-and-set: a move of the same moment shows, if at all, when the alias is read back
    ExpectedHolder.require(name, alias, Optional.of(to), holder(name, alias), location());
  }

  private Optional<String> holder(String name, String alias) {
    return byAlias(name, alias).map(ModelVersion::version);
  }

  @Override
  public void tagVersion(String name, String version, Map<String, String> tags) {
    requireVersion(name, version);
    new TreeMap<>(tags)
        .forEach(
            (key, value) ->
                retries.step(
                    "tag " + name + "/" + version,
                    () -> modelCalls.setTag(name, version, key, value)));
  }

  @Override
  public void download(ModelVersion version, String file, Path target) {
    ModelPackage.requireFileName(file);
    String uri =
        retries.step(
            "find the files of " + version,
            () -> modelCalls.downloadUri(version.name(), version.version()));
    String artifact = ArtifactPath.of(uri) + "/" + file;
    Path part = target.resolveSibling(target.getFileName() + ".part");
    try {
      Files.createDirectories(target.toAbsolutePath().getParent());
      try {
        retries.step(
            "download " + file + " of " + version, () -> fetch(version, file, artifact, part));
        version.requireIntact(file, part);
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot write " + target + ": " + Causes.words(e) + "; make room there",
          e);
    }
  }

  private void fetch(ModelVersion version, String file, String artifact, Path target) {
    try {
      http.download(artifact, target);
    } catch (MlflowFailure e) {
      if (e.isAbsence()) {
        throw new MillraceException(
            ErrorCategory.DATA_CONTRACT,
            "Cannot download %s of %s: there is no such file".formatted(file, version),
            e);
      }
      throw e;
    }
  }

  private void requireVersion(String name, String version) {
    if (byVersion(name, version).isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot change %s/%s: there is no such version in MLflow at %s"
              .formatted(name, version, settings.uri()));
    }
  }

  @Override
  public void close() {
    // The HTTP client of Java 17 has nothing to close: its threads end with their last exchange.
  }
}
