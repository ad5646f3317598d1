package org.millrace.jobs.explain;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.jobs.explain.Explanation.Facts;
import org.millrace.jobs.explain.Explanation.Input;
import org.millrace.jobs.explain.Explanation.Trees;
import org.millrace.jobs.explain.shap.NodeCovers;
import org.millrace.jobs.explain.shap.ShapColumns;
import org.millrace.jobs.model.ClassAnswer;
import org.millrace.jobs.model.Verdicts;
import org.millrace.jobs.prediction.PublishedDay;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.spine.FactTimes;
import org.millrace.jobs.spine.FindFacts;
import org.millrace.jobs.spine.SpineFeatures;
import org.millrace.jobs.tables.PredictionColumns;

/** Gathers what explains one row of a published day. Driver only. */
final class GatherExplanation {
  private static final String SCORE = "millrace_score__";

  private final JobContext context;
  private final PublishedDay day;
  private final ModelContract contract;

  GatherExplanation(JobContext context, PublishedDay day) {
    this.context = requireNonNull(context, "context is null");
    this.day = requireNonNull(day, "day is null");
    this.contract = day.needed().contract();
  }

  /**
   * Gathers.
   *
   * @param shown the row that readers see
   * @param question the row of the spine, lazy
   */
  Explanation of(Row shown, Dataset<Row> question, Map<String, String> key) {
    Dataset<Row> joined = held(day.join(question));
    Row inputs = joined.first();
    double now = score(joined);
    double score = shown.getDouble(shown.fieldIndex(PredictionColumns.SCORE));
    List<String> notes = notes(score, now);
    Optional<Told> told = told(joined, notes);
    ModelVersion version = day.champion().version();
    return new Explanation(
        Explanation.SCHEMA,
        context.pipeline().name(),
        new LinkedHashMap<>(key),
        day.day().toString(),
        inputs.<Instant>getAs(SpineFeatures.AS_OF).toString(),
        score,
        now,
        new Explanation.Model(
            version.name(),
            version.version(),
            version.sha256(),
            context.registry().get().location()),
        verdict(version),
        run(shown),
        told.map(Told::trees),
        inputs(inputs, told.map(Told::contributions).orElse(Map.of())),
        facts(question),
        notes);
  }

  /** One row, computed once. */
  private Dataset<Row> held(Dataset<Row> rows) {
    return context.spark().createDataFrame(rows.takeAsList(1), rows.schema());
  }

  private double score(Dataset<Row> joined) {
    Row scored = day.scoring(context, List.of()).output(SCORE).apply(joined).first();
    return Collections.max(ClassAnswer.numbers(scored, scored.fieldIndex(SCORE)));
  }

  private List<String> notes(double score, double now) {
    List<String> notes = new ArrayList<>();
    if (Double.compare(score, now) != 0) {
      notes.add(
          "the version gives %s for these inputs now: `millrace replay %s --date %s` compares the whole day"
              .formatted(now, context.pipeline().name(), day.day()));
    }

    if (day.hasOtherDefinitions()) {
      notes.add("the definitions were changed since; what is shown follows from the current ones");
    }

    return notes;
  }

  private record Told(Trees trees, Map<String, Double> contributions) {}

  /** A model without trees that are covered has no contributions, and the reason is a note. */
  private Optional<Told> told(Dataset<Row> joined, List<String> notes) {
    if (!contract.classes().isEmpty()) {
      notes.add(
          "no contributions: they are parts of one raw score, and a model of several classes has one for each class");
      return Optional.empty();
    }

    try {
      TrainingCovers.Counted counted =
          new TrainingCovers(context)
              .of(day.champion().version(), contract, day.scoring(context, List.of()));
      NodeCovers covers = counted.covers();
      ShapColumns columns = ShapColumns.of(day.scoring(context, List.of()), covers);
      Row row = columns.apply(joined).first();
      List<Double> values = row.getList(row.fieldIndex(ShapColumns.CONTRIBUTIONS));
      Map<String, Double> byColumn = new LinkedHashMap<>();
      List<String> names = columns.featureColumns();
      for (int feature = 0; feature < names.size(); feature++) {
        byColumn.merge(names.get(feature), values.get(feature), Double::sum);
      }

      double raw = row.getDouble(row.fieldIndex(ShapColumns.RAW_SCORE));
      if (!contract.trainingSet().equals(Optional.of(counted.set().toString()))) {
        notes.add(
            "contributions are measured against %s, as the version's own training set is not known here"
                .formatted(counted.set()));
      }

      Trees trees = new Trees(columns.base(), raw, counted.set().toString(), covers.rows());
      return Optional.of(new Told(trees, byColumn));
    } catch (MillraceException e) {
      if (e.category() != ErrorCategory.DATA_CONTRACT
          && e.category() != ErrorCategory.INPUT_MISSING) {
        throw e;
      }

      notes.add("no contributions: " + e.getMessage());
      return Optional.empty();
    }
  }

  private Optional<Explanation.Verdict> verdict(ModelVersion version) {
    return Verdicts.newest(context.lake().logs(), version.name(), version.version())
        .map(
            found ->
                new Explanation.Verdict(
                    found.number(), found.decision().verdict().name(), found.decision().reasons()));
  }

  private Explanation.Run run(Row shown) {
    return new Explanation.Run(
        shown.<String>getAs(PredictionColumns.RUN_KEY),
        shown.<String>getAs(PredictionColumns.FINGERPRINT),
        shown.<Instant>getAs(PredictionColumns.SCORED_AT).toString(),
        day.entry().definitions().orElse("unknown"));
  }

  private List<Input> inputs(Row row, Map<String, Double> contributions) {
    List<Input> inputs = new ArrayList<>();
    for (String column : contract.columns()) {
      inputs.add(
          new Input(
              column,
              value(row.getAs(column)),
              Optional.ofNullable(contributions.get(column)),
              day.needed().views().stream()
                  .filter(view -> gives(view, column))
                  .map(FeatureViewDefinition::name)
                  .findFirst()));
    }

    inputs.sort(
        Comparator.comparingDouble(
            input -> -Math.abs(input.contribution().orElse(0.0)))); // stable: else as they come
    return inputs;
  }

  private static boolean gives(FeatureViewDefinition view, String column) {
    return view.outputs().keySet().stream().map(view::column).anyMatch(column::equals);
  }

  /** Null and NaN are missing: the model imputes them, or the night would have ended. */
  private static Optional<String> value(@Nullable Object value) {
    boolean isMissing =
        value == null
            || (value instanceof Double number && number.isNaN())
            || (value instanceof Float single && single.isNaN());
    return isMissing ? Optional.empty() : Optional.of(String.valueOf(value));
  }

  private List<Facts> facts(Dataset<Row> question) {
    List<Facts> facts = new ArrayList<>();
    for (String table : day.features().definition().reads()) {
      facts.add(
          new Facts(
              "spine",
              day.pins().of(table).toString(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty()));
    }

    for (FactTimes times :
        new FindFacts(context, day.features(), day.pins()).of(question, day.range())) {
      facts.add(
          new Facts(
              times.view(),
              times.table().toString(),
              Optional.of(times.facts()),
              times.oldest().map(Instant::toString),
              times.newest().map(Instant::toString),
              times.knownAt().map(Instant::toString)));
    }

    return facts;
  }
}
