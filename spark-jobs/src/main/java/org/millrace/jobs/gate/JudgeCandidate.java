package org.millrace.jobs.gate;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.GateDecision;
import org.millrace.contracts.GateDecision.Verdict;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Task;
import org.millrace.contracts.definition.GateDefinition;
import org.millrace.contracts.definition.RolloutDefinition;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.evaluate.EvaluationTable;
import org.millrace.jobs.evaluate.TaskMetrics;
import org.millrace.jobs.model.AliasMoves;
import org.millrace.jobs.model.VerdictRecord;
import org.millrace.jobs.model.Verdicts;
import org.millrace.jobs.room.JobContext;
import org.millrace.registry.gate.ChampionState;
import org.millrace.registry.gate.Comparison;
import org.millrace.registry.gate.Evaluation;
import org.millrace.registry.gate.ModelGate;

/**
 * Evaluates a candidate on the gate's slice, beside the version that holds the alias, and records
 * the verdict. Moves nothing. Driver only.
 */
final class JudgeCandidate {
  private static final String SLICE = "gate";

  private final JobContext context;
  private final RunKey runKey;
  private final GateDefinition gate;
  private final ScoringDefinition scoring;
  private final Task task;

  JudgeCandidate(JobContext context, RunKey runKey, GateDefinition gate) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.gate = requireNonNull(gate, "gate is null");
    this.scoring = context.pipeline().scoring();
    this.task = context.pipeline().training().task();
  }

  /**
   * Judges, and keeps the verdict.
   *
   * @param champion holder of the alias; empty for none
   * @param number of the verdict
   * @param startedAt when the run started
   * @param lease without which no verdict is kept
   */
  VerdictRecord judge(
      ModelVersion candidate,
      Optional<ModelVersion> champion,
      GateInputs asked,
      long number,
      Instant startedAt,
      Lease lease) {
    Judged judged = decide(candidate, champion, asked, number, startedAt);
    keep(judged.verdict(), judged.metrics(), asked, lease);
    return judged.verdict();
  }

  /**
   * A verdict, and the evaluation that it was given from.
   *
   * @param metrics of the candidate
   */
  record Judged(VerdictRecord verdict, TaskMetrics metrics) {}

  /** As {@link #judge}, but keeps nothing. */
  Judged decide(
      ModelVersion candidate,
      Optional<ModelVersion> champion,
      GateInputs asked,
      long number,
      Instant startedAt) {
    SliceEvaluation slice = new SliceEvaluation(context, asked.set());
    SliceScorer scorer = slice.scorer(candidate);
    TaskMetrics metrics = slice.evaluate(scorer);
    Evaluation evaluation =
        evaluation(
            candidate,
            metrics,
            Optional.of(slice.baseline(asked.content())),
            new MeasureVersion(context.pipeline(), slice.rows(), scorer).measure());
    Compared compared = compared(candidate, scorer, champion, slice);
    GateDecision decision =
        rollingOut(
            withOff(ModelGate.decide(evaluation, compared.comparison(), compared.state(), gate)));
    context
        .progress()
        .say(
            SLICE,
            candidate + ": " + decision.verdict() + ", " + String.join("; ", decision.reasons()));
    VerdictRecord verdict =
        record(asked, number, champion, withChampion(evaluation, compared), decision, startedAt);
    return new Judged(verdict, metrics);
  }

  /** What is not asked about is a part of what is said. */
  private GateDecision withOff(GateDecision decision) {
    List<String> off = gate.off();
    if (off.isEmpty()) {
      return decision;
    }

    List<String> reasons = new ArrayList<>(decision.reasons());
    reasons.add(GateDecision.OFF + String.join(", ", off));
    return new GateDecision(decision.verdict(), reasons);
  }

  /** A version that passes beside a champion may come to score by a rollout alone. */
  private GateDecision rollingOut(GateDecision decision) {
    boolean begins =
        decision.verdict() == Verdict.PASS
            && context
                .pipeline()
                .rollout()
                .filter(rollout -> rollout.begins() == RolloutDefinition.Begins.GATE)
                .isPresent();
    return begins ? new GateDecision(Verdict.BEGINS_ROLLOUT, decision.reasons()) : decision;
  }

  /** The verdict comes last: where it stands, all that it was given from does too. */
  private void keep(VerdictRecord verdict, TaskMetrics metrics, GateInputs asked, Lease lease) {
    CommitNote note = context.note(runKey, asked.fingerprint(), List.of(asked.set()));
    lease.requireHeld();
    new EvaluationTable(context.lake())
        .append(
            verdict.model(),
            verdict.candidate(),
            SLICE,
            gate.days(),
            metrics,
            verdict.startedAt(),
            note);
    lease.requireHeld();
    new Verdicts(context.lake()).append(verdict, note);
  }

  /** The candidate's metrics, and what the champion has of them on the same rows. */
  private Evaluation withChampion(Evaluation candidate, Compared champion) {
    Map<String, Double> metrics = new LinkedHashMap<>(candidate.metrics());
    champion
        .comparison()
        .ifPresent(
            other -> {
              for (String name : task.headline()) {
                Optional.ofNullable(other.champion().metrics().get(name))
                    .ifPresent(value -> metrics.put("champion_" + name, value));
              }

              other
                  .intervals()
                  .forEach(
                      (metric, interval) -> {
                        metrics.put(metric + "_difference_low", interval.low());
                        metrics.put(metric + "_difference_high", interval.high());
                      });
            });
    return new Evaluation(candidate.modelVersion(), candidate.days(), candidate.rows(), metrics);
  }

  private VerdictRecord record(
      GateInputs asked,
      long number,
      Optional<ModelVersion> champion,
      Evaluation evaluation,
      GateDecision decision,
      Instant startedAt) {
    return new VerdictRecord(
        gate.model(),
        number,
        asked.candidate(),
        champion.map(ModelVersion::version),
        decision,
        evaluation.metrics(),
        gate.hash(),
        gate.days().toString(),
        evaluation.rows(),
        asked.fingerprint(),
        runKey.toString(),
        startedAt,
        context.clock().instant());
  }

  private record Compared(Optional<Comparison> comparison, ChampionState state) {
    static Compared none(ChampionState state) {
      return new Compared(Optional.empty(), state);
    }
  }

  private Compared compared(
      ModelVersion candidate,
      SliceScorer scorer,
      Optional<ModelVersion> champion,
      SliceEvaluation slice) {
    if (champion.isEmpty()) {
      return Compared.none(
          AliasMoves.lastHolder(context.lake(), gate.model(), scoring.alias())
              .map(last -> ChampionState.vacant(gate.model() + "/" + last))
              .orElseGet(ChampionState::absent));
    }

    ModelVersion reigning = champion.get();
    if (reigning.version().equals(candidate.version())) {
      return Compared.none(ChampionState.same());
    }

    SliceScorer other;
    Evaluation evaluation;
    try {
      other = slice.scorer(reigning);
      evaluation = evaluation(reigning, slice.evaluate(other), Optional.empty(), Map.of());
    } catch (MillraceException e) {
      if (e.category() == ErrorCategory.EXTERNAL) {
        throw e;
      }

      return Compared.none(ChampionState.unusable(reigning + ": " + e.getMessage()));
    }

    return new Compared(
        Optional.of(
            new CompareOnSlice(context.pipeline())
                .compare(slice.rows(), scorer, other, evaluation)),
        ChampionState.evaluated());
  }

  private Evaluation evaluation(
      ModelVersion version,
      TaskMetrics metrics,
      Optional<TaskMetrics> baseline,
      Map<String, Double> measured) {
    Map<String, Double> values = new LinkedHashMap<>(metrics.asMap());
    values.putAll(measured);
    baseline.ifPresent(
        other -> {
          double ours = metrics.asMap().getOrDefault(task.primary(), Double.NaN);
          double theirs = other.asMap().getOrDefault(task.primary(), Double.NaN);
          values.put(task.baselineMetric(), theirs);
          values.put(task.overBaselineMetric(), ours - theirs);
        });
    return new Evaluation(version.toString(), gate.days(), metrics.rows(), values);
  }
}
