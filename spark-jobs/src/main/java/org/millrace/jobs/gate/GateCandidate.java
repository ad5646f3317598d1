package org.millrace.jobs.gate;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.GateDecision;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.GateDefinition;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.contracts.registry.RunRecord;
import org.millrace.features.lake.CommitNote;
import org.millrace.features.lake.LedgerEntry;
import org.millrace.jobs.JobContext;
import org.millrace.jobs.evaluate.BinaryMetrics;
import org.millrace.jobs.evaluate.EvaluationTable;
import org.millrace.jobs.lineage.Lineage;
import org.millrace.jobs.model.Champion;
import org.millrace.jobs.tables.LedgerObjects;
import org.millrace.jobs.tables.TrainingSetTable;
import org.millrace.registry.gate.ChampionState;
import org.millrace.registry.gate.Evaluation;
import org.millrace.registry.gate.ModelGate;

/**
 * Evaluates the newest candidate on the pinned gate slice, beside the champion, and decides. A
 * version that passes gets the alias; every verdict is written on the version with its reasons.
 *
 * <p>Placement: driver only.
 */
public final class GateCandidate {
  private static final String ROOM = "gate";

  private final JobContext context;
  private final RunKey runKey;
  private final GateDefinition gate;
  private final TrainingDefinition training;
  private final ScoringDefinition scoring;

  /** Prepares the room for the model that the run key names. */
  public GateCandidate(JobContext context, RunKey runKey) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    Definitions definitions = context.definitions();
    this.gate = Definitions.named(definitions.gates(), "gate", runKey.pipeline());
    this.training = Definitions.named(definitions.training(), "training", runKey.pipeline());
    this.scoring = Definitions.named(definitions.scoring(), "scoring", runKey.pipeline());
  }

  /**
   * Decides, unless this candidate was decided on by the same rules.
   *
   * @throws MillraceException of category GATE_REJECTED where the verdict does not promote, also
   *     when it was given before
   */
  public JobResult decide() {
    long start = System.nanoTime();
    LedgerEntry set = entry(TrainingSetTable.name(gate.model()), "training-set");
    LedgerEntry model = entry(LedgerObjects.candidate(gate.model()), "train");
    String fingerprint = Digest.sha256(gate.hash(), model.fingerprint(), set.fingerprint());
    Optional<LedgerEntry> before =
        context
            .ledger()
            .entry(LedgerObjects.verdict(gate.model()), LedgerEntry.WHOLE)
            .filter(entry -> entry.fingerprint().equals(fingerprint));
    if (before.isPresent()) {
      GateDecision.Verdict verdict = GateDecision.Verdict.valueOf(before.get().verdict());
      requirePromoted(verdict, "candidate " + model.outputVersion() + " was decided on before");
      return JobResult.nothingToDo(
          runKey.toString(),
          "Candidate " + model.outputVersion() + " was decided on before: " + verdict,
          JobContext.secondsSince(start));
    }

    return decide(set, model, fingerprint, start);
  }

  private JobResult decide(LedgerEntry set, LedgerEntry model, String fingerprint, long start) {
    Instant startedAt = context.clock().instant();
    ModelRegistry registry = context.registry().get();
    ModelVersion candidate = candidate(registry, model.outputVersion());
    TableVersion table = TrainingSetTable.version(context.lake(), set);
    Dataset<Row> rows = TrainingSetTable.slice(context.lake(), table, TrainingSetTable.GATE);
    String label =
        Definitions.named(context.definitions().spines(), "spine", training.spine()).label();
    SliceEvaluation slice =
        new SliceEvaluation(rows, training, label, Champion.cache(context), registry);
    BinaryMetrics metrics = slice.model(candidate);
    Evaluation evaluation = evaluation(candidate, metrics, Optional.of(slice.baseline(candidate)));
    Compared champion = champion(registry, candidate, slice);
    GateDecision decision =
        ModelGate.decide(evaluation, champion.evaluation(), champion.state(), gate);
    context
        .progress()
        .say(
            ROOM,
            candidate + ": " + decision.verdict() + ", " + String.join("; ", decision.reasons()));
    CommitNote note = context.note(runKey, fingerprint, List.of(table));
    new EvaluationTable(context.lake())
        .append(gate.model(), candidate.version(), ROOM, gate.days(), metrics, startedAt, note);
    record(registry, candidate, decision, evaluation, table, startedAt, fingerprint);
    if (decision.verdict().promotes()) {
      registry.setAlias(gate.model(), scoring.alias(), candidate.version());
    }

    context
        .ledger()
        .append(
            List.of(ledgerEntry(fingerprint, table, candidate, decision, metrics.rows())), note);
    requirePromoted(decision.verdict(), String.join("; ", decision.reasons()));
    return result(candidate, decision, evaluation, start);
  }

  private ModelVersion candidate(ModelRegistry registry, String number) {
    return registry
        .byVersion(gate.model(), number)
        .orElseThrow(
            () ->
                new MillraceException(
                    ErrorCategory.INPUT_MISSING,
                    "Cannot find candidate "
                        + gate.model()
                        + "/"
                        + number
                        + " in "
                        + registry.location()
                        + ": the ledger says it was registered; train again with the registry that has it"));
  }

  private LedgerEntry entry(String object, String room) {
    return context
        .ledger()
        .entry(object, LedgerEntry.WHOLE)
        .orElseThrow(
            () ->
                new MillraceException(
                    ErrorCategory.INPUT_MISSING,
                    "Cannot gate "
                        + gate.model()
                        + ": there is no "
                        + object
                        + "; run `millrace "
                        + room
                        + "` first"));
  }

  private record Compared(Optional<Evaluation> evaluation, ChampionState state) {}

  private Compared champion(ModelRegistry registry, ModelVersion candidate, SliceEvaluation slice) {
    Optional<ModelVersion> champion = registry.byAlias(gate.model(), scoring.alias());
    // a candidate that is champion already was promoted by a run that ended before its ledger entry
    if (champion.isEmpty() || champion.get().version().equals(candidate.version())) {
      return new Compared(Optional.empty(), ChampionState.absent());
    }

    try {
      BinaryMetrics metrics = slice.model(champion.get());
      return new Compared(
          Optional.of(evaluation(champion.get(), metrics, Optional.empty())),
          ChampionState.evaluated());
    } catch (MillraceException e) {
      if (e.category() == ErrorCategory.EXTERNAL) {
        throw e;
      }

      return new Compared(
          Optional.empty(), ChampionState.unusable(champion.get() + ": " + e.getMessage()));
    }
  }

  private Evaluation evaluation(
      ModelVersion version, BinaryMetrics metrics, Optional<BinaryMetrics> baseline) {
    Map<String, Double> values = new LinkedHashMap<>(metrics.summary().asMap());
    baseline.ifPresent(
        other -> {
          values.put("baseline_auc", other.auc());
          values.put("auc_over_baseline", metrics.auc() - other.auc());
        });
    return new Evaluation(version.toString(), gate.days(), metrics.rows(), values);
  }

  private void record(
      ModelRegistry registry,
      ModelVersion candidate,
      GateDecision decision,
      Evaluation evaluation,
      TableVersion table,
      Instant startedAt,
      String fingerprint) {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put("millrace.gate.verdict", decision.verdict().name());
    tags.put("millrace.gate.reasons", String.join("; ", decision.reasons()));
    tags.put("millrace.gate.days", gate.days().toString());
    evaluation
        .metrics()
        .forEach(
            (metric, value) ->
                tags.put("millrace.gate." + metric, String.format(Locale.ROOT, "%.6f", value)));
    registry.tagVersion(gate.model(), candidate.version(), tags);
    registry.logRun(
        new RunRecord(
            gate.model(),
            runKey.toString(),
            fingerprint,
            "gate " + candidate,
            startedAt,
            context.clock().instant(),
            true,
            "Verdict **"
                + decision.verdict()
                + "** for "
                + candidate
                + ": "
                + String.join("; ", decision.reasons()),
            Map.of("days", gate.days().toString()),
            evaluation.metrics(),
            Map.of("millrace.room", ROOM, "millrace.gate.verdict", decision.verdict().name()),
            List.of(Lineage.dataset(context, table, evaluation.rows(), "evaluation")),
            List.of(candidate)));
  }

  private LedgerEntry ledgerEntry(
      String fingerprint,
      TableVersion table,
      ModelVersion candidate,
      GateDecision decision,
      long rows) {
    return new LedgerEntry(
        LedgerObjects.verdict(gate.model()),
        LedgerEntry.WHOLE,
        fingerprint,
        runKey.toString(),
        CommitNote.versionsJson(List.of(table)),
        candidate.version(),
        rows,
        rows,
        0,
        decision.verdict().name(),
        context.clock().instant());
  }

  private void requirePromoted(GateDecision.Verdict verdict, String reasons) {
    if (!verdict.promotes()) {
      throw new MillraceException(
          ErrorCategory.GATE_REJECTED,
          "Cannot promote the candidate of "
              + gate.model()
              + ": verdict "
              + verdict
              + ", "
              + reasons
              + "; the champion stays. Change the definition or the rules in conf/gate, and train again");
    }
  }

  private JobResult result(
      ModelVersion candidate, GateDecision decision, Evaluation evaluation, long start) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("verdict", decision.verdict().name());
    values.put("reasons", String.join("; ", decision.reasons()));
    values.put("alias", scoring.alias());
    evaluation
        .metrics()
        .forEach((metric, value) -> values.put(metric, String.format(Locale.ROOT, "%.4f", value)));
    return JobResult.done(
            runKey.toString(),
            "Candidate " + candidate + ": " + decision.verdict(),
            Map.of("rows_in", evaluation.rows()),
            Map.of("model", candidate.version()),
            JobContext.secondsSince(start))
        .withValues(values);
  }
}
