package org.millrace.jobs.model;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Task;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.registry.MlflowSignature;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.jobs.room.JobContext;
import org.millrace.registry.onnx.OnnxInspector;

/**
 * The contracts of versions: the file that a version was registered with, the one that was derived
 * when it was adopted, or one that is derived now from its ONNX file and the definitions. Driver
 * only.
 */
public final class ModelContracts {
  private final Pipeline pipeline;
  private final ModelCache cache;

  /**
   * Prepares.
   *
   * @param pipeline whose columns feed versions without a contract
   */
  public ModelContracts(Pipeline pipeline, ModelCache cache) {
    this.pipeline = requireNonNull(pipeline, "pipeline is null");
    this.cache = requireNonNull(cache, "cache is null");
  }

  /** Those of a program's pipeline. */
  public static ModelContracts of(JobContext context) {
    return new ModelContracts(
        context.pipeline(), ModelCache.of(context.lake(), context.progress()));
  }

  /**
   * The contract of a version.
   *
   * @throws MillraceException EXTERNAL if the registry does not answer and the files are not
   *     cached; DATA_CONTRACT if the file is damaged, of a newer form or of another task, or none
   *     can be derived
   */
  public ModelContract of(ModelRegistry registry, ModelVersion version) {
    return ofThisTask(
        version,
        ModelFiles.isCarriedBy(version, ModelFiles.CONTRACT)
            ? read(version, cache.file(registry, version, ModelFiles.CONTRACT))
            : adopted(version)
                .orElseGet(() -> derived(registry, cache.identified(registry, version))));
  }

  /**
   * The contract of a version whose files are known to be here.
   *
   * @throws MillraceException EXTERNAL if they are gone: only the registry has them then; else as
   *     the other
   */
  public ModelContract cached(ModelVersion version) {
    return ofThisTask(
        version,
        ModelFiles.isCarriedBy(version, ModelFiles.CONTRACT)
            ? read(version, cache.cached(version, ModelFiles.CONTRACT))
            : adopted(version).orElseGet(() -> derived(cache.noted(version))));
  }

  /** One table must not hold probabilities of one day and minutes of another. */
  private ModelContract ofThisTask(ModelVersion version, ModelContract contract) {
    Task task = pipeline.training().task();
    if (contract.task() != task) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot use %s: its task is %s, that of the definitions is %s; a model keeps its task: set 'task: %s' in the training definition again, or give the other task a model and a table of its own"
              .formatted(version, contract.task().word(), task.word(), contract.task().word()));
    }

    List<String> classes = pipeline.training().classes();
    if (!contract.classes().equals(classes)) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot use %s: its classes are %s, those of the definitions are %s; a model keeps its classes and their order: set 'classes: %s' in the training definition again, or give the others a model and a table of its own"
              .formatted(version, contract.classes(), classes, contract.classes()));
    }

    return contract;
  }

  /** The contract that was derived when the version was adopted. */
  private static Optional<ModelContract> adopted(ModelVersion version) {
    return Optional.ofNullable(version.tags().get(AdoptVersion.CONTRACT_TAG))
        .map(text -> ModelContract.fromJson(text, version.toString()));
  }

  /** The contract of a champion, whose files are here since it was resolved. */
  public ModelContract of(Champion champion) {
    return cached(champion.version());
  }

  /**
   * {@code table@version} that a version was trained on, as far as it is known here: no registry is
   * asked. Empty if it is not.
   */
  public Optional<String> trainingSet(ModelVersion version) {
    return cache
        .kept(version, ModelFiles.CONTRACT)
        .flatMap(file -> read(version, file).trainingSet())
        .or(() -> Optional.ofNullable(version.tags().get("millrace.training_set")));
  }

  private ModelContract derived(ModelRegistry registry, ModelVersion version) {
    Path onnx = cache.onnx(registry, version);
    return new DerivedContract(
            pipeline,
            version,
            OnnxInspector.inspect(onnx),
            () -> mlmodel(registry, version).flatMap(ModelContracts::signature))
        .derive();
  }

  /** A registry that is no MLflow has no such file. */
  private Optional<Path> mlmodel(ModelRegistry registry, ModelVersion version) {
    try {
      return Optional.of(cache.file(registry, version, ModelFiles.MLMODEL));
    } catch (MillraceException e) {
      if (e.category() == ErrorCategory.DATA_CONTRACT) {
        return Optional.empty();
      }

      throw e;
    }
  }

  private ModelContract derived(ModelVersion version) {
    Path onnx = cache.cached(version, ModelFiles.ONNX);
    return new DerivedContract(
            pipeline,
            version,
            OnnxInspector.inspect(onnx),
            () -> cache.kept(version, ModelFiles.MLMODEL).flatMap(ModelContracts::signature))
        .derive();
  }

  private static Optional<MlflowSignature> signature(Path mlmodel) {
    try {
      return MlflowSignature.read(Files.readString(mlmodel));
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot read " + mlmodel + ": " + Causes.words(e), e);
    }
  }

  private static ModelContract read(ModelVersion version, Path file) {
    try {
      return ModelContract.fromJson(Files.readString(file), version.toString());
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot read " + file + ": " + Causes.words(e), e);
    }
  }
}
