package org.millrace.jobs;

import java.util.List;
import org.millrace.contracts.Claim;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.jobs.gate.GateCandidate;
import org.millrace.jobs.ingest.IngestSources;
import org.millrace.jobs.materialize.MaterializeFeatures;
import org.millrace.jobs.monitor.MonitorPredictions;
import org.millrace.jobs.publish.PublishPredictions;
import org.millrace.jobs.report.WriteReport;
import org.millrace.jobs.room.Claims;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;
import org.millrace.jobs.room.RoomRunner;
import org.millrace.jobs.run.RunPipeline;
import org.millrace.jobs.score.ScoreBatch;
import org.millrace.jobs.train.TrainCandidate;
import org.millrace.jobs.trainingset.BuildTrainingSet;
import org.millrace.jobs.validate.ValidateFeatures;

/** The floor plan: which verb opens which room. Driver only. */
public final class Rooms {
  private final JobContext context;
  private final RoomRunner runner;

  /** Prepares the rooms of a program. */
  public Rooms(JobContext context, RoomRunner runner) {
    this.context = context;
    this.runner = runner;
  }

  /** Runs what a run key names: one room, or all of them. */
  public JobResult run(Verb verb, RunKey key) {
    List<Claim> claims = Claims.of(verb, context.pipeline(), key.days());
    if (verb == Verb.RUN) {
      return runner.holding(
          key, claims, () -> new RunPipeline(context, key, runner, this::open).run());
    }

    JobResult result = runner.run(open(verb, key), key, claims);
    if (result.outcome() != Outcome.NOTHING_TO_DO) {
      runner.keep(key, List.of(result));
    }

    return result;
  }

  /** A room, ready to run. */
  public Room<?> open(Verb verb, RunKey key) {
    return switch (verb) {
      case INGEST -> new IngestSources(context, key);
      case MATERIALIZE -> new MaterializeFeatures(context, key);
      case VALIDATE -> new ValidateFeatures(context, key);
      case TRAINING_SET -> new BuildTrainingSet(context, key);
      case TRAIN -> new TrainCandidate(context, key);
      case GATE -> new GateCandidate(context, key);
      case SCORE -> new ScoreBatch(context, key);
      case PUBLISH -> new PublishPredictions(context, key);
      case MONITOR -> new MonitorPredictions(context, key);
      case REPORT -> new WriteReport(context, key);
      case RUN, SQL, ASOF, SCORE_FILE, DOCTOR ->
          throw new IllegalArgumentException("Cannot open " + verb + ": it is not one room");
    };
  }
}
