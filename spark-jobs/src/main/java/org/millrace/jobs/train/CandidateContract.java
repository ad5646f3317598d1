package org.millrace.jobs.train;

import java.util.List;
import java.util.Optional;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.contracts.registry.GoldenRow;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.contracts.registry.ModelPackage;
import org.millrace.jobs.fit.ExportedModel;
import org.millrace.jobs.model.ContractViews;
import org.millrace.registry.onnx.FeatureEncoding;

/** Writes down what a candidate of Spark was trained on. Driver only; stateless. */
final class CandidateContract {
  private CandidateContract() {}

  /** The same model from the same training set has the same contract. */
  static ModelContract of(
      Pipeline pipeline, TableVersion table, ExportedModel exported, List<GoldenRow> golden) {
    SpineDefinition spine = pipeline.spine();
    List<ModelContract.Input> inputs =
        exported.inputs().stream().map(CandidateContract::input).toList();
    List<String> columns = inputs.stream().map(ModelContract.Input::column).toList();
    return new ModelContract(
        ModelContract.SCHEMA,
        pipeline.training().task(),
        pipeline.training().classes(),
        new ModelContract.Spine(spine.name(), spine.hash()),
        ContractViews.feeding(pipeline.candidateViews(), columns).stream()
            .map(ContractViews::described)
            .toList(),
        inputs,
        exported.outputs().stream()
            .map(output -> new ModelContract.Output(output.name(), output.type()))
            .toList(),
        new ModelContract.Score(FeatureEncoding.SCORE, Optional.empty()),
        new ModelContract.Label(pipeline.labelColumns().label(), pipeline.labelColumns().knownAt()),
        Optional.of(table.toString()),
        Optional.of(pipeline.training().hash()),
        golden);
  }

  /** A trained model's inputs have the names of their columns. */
  private static ModelContract.Input input(ModelPackage.Field field) {
    return new ModelContract.Input(
        field.name(),
        field.name(),
        field.type(),
        field.type().equals("string") ? ModelContract.Kind.CATEGORICAL : ModelContract.Kind.NUMERIC,
        ModelContract.Nulls.IMPUTE);
  }
}
