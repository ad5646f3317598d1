package org.millrace.jobs;

import java.util.List;
import org.millrace.contracts.Claim;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.jobs.approve.ApproveVersion;
import org.millrace.jobs.explain.ExplainDays;
import org.millrace.jobs.explain.ExplainPrediction;
import org.millrace.jobs.gate.GateCandidate;
import org.millrace.jobs.ingest.IngestSources;
import org.millrace.jobs.materialize.MaterializeFeatures;
import org.millrace.jobs.monitor.MonitorPredictions;
import org.millrace.jobs.publish.PublishPredictions;
import org.millrace.jobs.register.RegisterModel;
import org.millrace.jobs.replay.ReplayPredictions;
import org.millrace.jobs.report.WriteReport;
import org.millrace.jobs.rollback.RollBackModel;
import org.millrace.jobs.rollout.DecideRollout;
import org.millrace.jobs.room.Claims;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;
import org.millrace.jobs.room.RoomRunner;
import org.millrace.jobs.run.RunPipeline;
import org.millrace.jobs.score.ScoreBatch;
import org.millrace.jobs.train.TrainCandidate;
import org.millrace.jobs.trainingset.BuildTrainingSet;
import org.millrace.jobs.unpublish.UnpublishPredictions;
import org.millrace.jobs.validate.ValidateFeatures;

/** The floor plan: which verb opens which room. Driver only. */
public final class Rooms {
  private final JobContext context;
  private final RoomRunner runner;
  private final Asked asked;

  /** Prepares the rooms of a program. */
  public Rooms(JobContext context, RoomRunner runner) {
    this(context, runner, Asked.NOTHING);
  }

  /** Prepares the rooms of a program of which a person asks more than days. */
  public Rooms(JobContext context, RoomRunner runner, Asked asked) {
    this.context = context;
    this.runner = runner;
    this.asked = asked;
  }

  /** Runs what a run key names: one room, or all of them. */
  public JobResult run(Verb verb, RunKey key) {
    if (verb.kind() == Verb.Kind.PIPELINE) {
      List<Claim> claims = Claims.of(verb, context.pipeline(), reach(key));
      return runner.holding(
          key, claims, () -> new RunPipeline(context, key, runner, this::open, asked.run()).run());
    }

    List<Claim> claims = claims(verb, key);
    JobResult result = runner.run(open(verb, key), key, claims);
    if (result.outcome() != Outcome.NOTHING_TO_DO && !asked.dryRun()) {
      runner.keep(key, List.of(result));
    }

    return result;
  }

  /** What changes nothing claims nothing. */
  private List<Claim> claims(Verb verb, RunKey key) {
    if (asked.dryRun()) {
      return List.of();
    }

    if (verb == Verb.ROLLBACK) {
      return RollBackModel.claims(context, key, asked.rollback());
    }

    if (verb == Verb.ROLLOUT) {
      return DecideRollout.claims(context, key);
    }

    return verb == Verb.EXPLAIN && asked.lookBack().topFeatures().isPresent()
        ? List.of(new Claim(LedgerObjects.explanations(key.pipeline()), key.days()))
        : Claims.of(verb, context.pipeline(), key.days());
  }

  /** What is made again may be read by later days: they are claimed too. */
  private DayRange reach(RunKey key) {
    return asked.run().options().restated().isEmpty()
        ? key.days()
        : RunPipeline.reach(context, key, asked.run());
  }

  /** A room, ready to run. */
  public Room<?> open(Verb verb, RunKey key) {
    return verb == Verb.TRAIN ? new TrainCandidate(context, key) : open(context, verb, key);
  }

  private Room<?> open(JobContext of, Verb verb, RunKey key) {
    return switch (verb) {
      case INGEST -> new IngestSources(of, key);
      case MATERIALIZE -> new MaterializeFeatures(of, key);
      case VALIDATE -> new ValidateFeatures(of, key);
      case TRAINING_SET -> new BuildTrainingSet(of, key);
      case TRAIN -> TrainCandidate.ofPipeline(of, key);
      case GATE -> new GateCandidate(of, key, asked.version(), asked.dryRun());
      case SCORE -> new ScoreBatch(of, key, asked.run().options().champions());
      case PUBLISH -> new PublishPredictions(of, key, asked.run().options().champions());
      case MONITOR -> new MonitorPredictions(of, key);
      case REPORT -> new WriteReport(of, key);
      case ROLLBACK -> new RollBackModel(of, key, asked.rollback());
      case EXPLAIN ->
          asked.lookBack().topFeatures().isPresent()
              ? new ExplainDays(of, key, asked.lookBack().topFeatures().getAsInt())
              : new ExplainPrediction(of, key, asked.lookBack());
      case REPLAY -> new ReplayPredictions(of, key, asked.lookBack());
      case ROLLOUT -> new DecideRollout(of, key, asked.rollout());
      case APPROVE -> new ApproveVersion(of, key, asked.approval());
      case REGISTER -> new RegisterModel(of, key, asked.registration().orElseThrow());
      case UNPUBLISH -> new UnpublishPredictions(of, key, asked.takeBack());
      case RUN, BACKFILL, SQL, ASOF, SCORE_FILE, INIT, CHECK, PREVIEW, DOCTOR ->
          throw new IllegalArgumentException("Cannot open " + verb + ": it is not one room");
    };
  }
}
