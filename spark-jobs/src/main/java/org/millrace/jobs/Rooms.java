package org.millrace.jobs;

import java.util.List;
import org.millrace.contracts.Claim;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.jobs.gate.GateCandidate;
import org.millrace.jobs.ingest.IngestSources;
import org.millrace.jobs.materialize.MaterializeFeatures;
import org.millrace.jobs.monitor.MonitorPredictions;
import org.millrace.jobs.plan.RunOptions;
import org.millrace.jobs.prediction.UnpublishRequest;
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
import org.millrace.jobs.unpublish.UnpublishPredictions;
import org.millrace.jobs.validate.ValidateFeatures;

/** The floor plan: which verb opens which room. Driver only. */
public final class Rooms {
  private final JobContext context;
  private final RoomRunner runner;
  private final UnpublishRequest takeBack;
  private final RunOptions options;

  /** Prepares the rooms of a program. */
  public Rooms(JobContext context, RoomRunner runner) {
    this(context, runner, UnpublishRequest.NONE, RunOptions.NONE);
  }

  /**
   * Prepares the rooms of a program of which a person asks more than days.
   *
   * @param takeBack what is said of predictions that are taken back
   * @param options what is said of a run
   */
  public Rooms(
      JobContext context, RoomRunner runner, UnpublishRequest takeBack, RunOptions options) {
    this.context = context;
    this.runner = runner;
    this.takeBack = takeBack;
    this.options = options;
  }

  /** Runs what a run key names: one room, or all of them. */
  public JobResult run(Verb verb, RunKey key) {
    if (verb.kind() == Verb.Kind.PIPELINE) {
      List<Claim> claims = Claims.of(verb, context.pipeline(), reach(key));
      return runner.holding(
          key, claims, () -> new RunPipeline(context, key, runner, this::open, options).run());
    }

    List<Claim> claims = Claims.of(verb, context.pipeline(), key.days());
    JobResult result = runner.run(open(verb, key), key, claims);
    if (result.outcome() != Outcome.NOTHING_TO_DO) {
      runner.keep(key, List.of(result));
    }

    return result;
  }

  /** What is made again may be read by later days: they are claimed too. */
  private DayRange reach(RunKey key) {
    return options.options().restated().isEmpty()
        ? key.days()
        : RunPipeline.reach(context, key, options);
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
      case GATE -> new GateCandidate(of, key);
      case SCORE -> new ScoreBatch(of, key, options.options().champions());
      case PUBLISH -> new PublishPredictions(of, key, options.options().champions());
      case MONITOR -> new MonitorPredictions(of, key);
      case REPORT -> new WriteReport(of, key);
      case UNPUBLISH -> new UnpublishPredictions(of, key, takeBack);
      case RUN, BACKFILL, SQL, ASOF, SCORE_FILE, INIT, CHECK, PREVIEW, DOCTOR ->
          throw new IllegalArgumentException("Cannot open " + verb + ": it is not one room");
    };
  }
}
