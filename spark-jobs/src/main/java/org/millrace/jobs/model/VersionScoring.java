package org.millrace.jobs.model;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.jobs.score.onnx.EngineChoice;
import org.millrace.jobs.score.onnx.NullPolicy;
import org.millrace.jobs.score.onnx.OnnxModel;
import org.millrace.jobs.score.onnx.OnnxScoring;

/** How a version scores rows, as its contract and the scoring definition say. Driver only. */
public final class VersionScoring {
  /** As in training: ModelColumns makes the empty text of a missing one. */
  static final NullPolicy MISSING_TEXT = NullPolicy.value("");

  private VersionScoring() {}

  /**
   * A scoring that lacks only the columns to keep and the name of the score's, which is of several
   * classes an array: see {@link ClassAnswer}.
   */
  public static OnnxScoring of(
      OnnxModel model, ModelContract contract, ScoringDefinition definition) {
    OnnxScoring scoring = output(OnnxScoring.of(model), contract).settings(definition);
    contract.inputs().forEach(input -> scoring.input(input.name(), input.columns()));
    contract.inputs().stream()
        .filter(input -> input.nulls() == ModelContract.Nulls.REJECT)
        .flatMap(input -> input.columns().stream())
        .forEach(column -> scoring.nulls(column, NullPolicy.reject()));
    if (definition.nulls() == ScoringDefinition.Nulls.IMPUTE) {
      imputedTexts(contract)
          .flatMap(input -> input.columns().stream())
          .forEach(column -> scoring.nulls(column, MISSING_TEXT));
    }

    return scoring;
  }

  /**
   * A scoring by the baseline of a training set.
   *
   * @param training what the baseline was fitted by
   */
  public static OnnxScoring baseline(
      OnnxModel baseline, TrainingDefinition training, ScoringDefinition definition) {
    OnnxScoring scoring =
        OnnxScoring.of(baseline)
            .inputsByName()
            .classes(training.classes().size())
            .settings(definition)
            .nulls(ScoringDefinition.Nulls.IMPUTE)
            .engine(EngineChoice.AUTO); // never scores a night: the definition's may not be for it
    training.categorical().forEach(column -> scoring.nulls(column, MISSING_TEXT));
    return scoring;
  }

  /** Inputs to which {@link #MISSING_TEXT} is given where a text is missing. */
  static Stream<ModelContract.Input> imputedTexts(ModelContract contract) {
    return contract.inputs().stream()
        .filter(input -> input.kind() != ModelContract.Kind.NUMERIC)
        .filter(input -> input.nulls() == ModelContract.Nulls.IMPUTE);
  }

  static OnnxScoring output(OnnxScoring scoring, ModelContract contract) {
    ModelContract.Score score = contract.score();
    scoring.classes(contract.classes().size());
    return score
        .part()
        .map(part -> scoring.modelOutput(score.output(), part))
        .orElseGet(() -> scoring.modelOutput(score.output()));
  }

  /**
   * Fails if rows lack a column that a version needs.
   *
   * @param version for the message
   * @param rows what they are, for the message
   * @param there their columns
   * @param advice what to do
   * @throws MillraceException of category DATA_CONTRACT that names all such columns
   */
  public static void requireColumns(
      String version, ModelContract contract, String rows, Set<String> there, String advice) {
    List<String> missing =
        contract.columns().stream().filter(column -> !there.contains(column)).toList();
    if (!missing.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot score "
              + rows
              + " with "
              + version
              + ": it needs "
              + String.join(", ", missing)
              + ", the columns are "
              + String.join(", ", there)
              + "; "
              + advice);
    }
  }
}
