package org.millrace.jobs;

import org.millrace.contracts.JobResult;
import org.millrace.contracts.RunKey;
import org.millrace.jobs.gate.GateCandidate;
import org.millrace.jobs.ingest.IngestSources;
import org.millrace.jobs.materialize.MaterializeFeatures;
import org.millrace.jobs.monitor.MonitorPredictions;
import org.millrace.jobs.publish.PublishPredictions;
import org.millrace.jobs.report.WriteReport;
import org.millrace.jobs.run.RunPipeline;
import org.millrace.jobs.score.ScoreBatch;
import org.millrace.jobs.sql.ServeSql;
import org.millrace.jobs.train.TrainCandidate;
import org.millrace.jobs.trainingset.BuildTrainingSet;
import org.millrace.jobs.validate.ValidateFeatures;

/** The floor plan: which verb opens which room. Driver only. */
final class Rooms {
  private final JobContext context;
  private final JobArguments arguments;

  Rooms(JobContext context, JobArguments arguments) {
    this.context = context;
    this.arguments = arguments;
  }

  JobResult run() {
    if (arguments.verb() == JobArguments.Verb.SQL) {
      return new ServeSql(context, arguments.port(context.definitions())).serve();
    }

    RunKey runKey = arguments.runKey();
    return switch (arguments.verb()) {
      case INGEST -> new IngestSources(context, runKey).ingest();
      case MATERIALIZE -> new MaterializeFeatures(context, runKey).materialize();
      case VALIDATE -> new ValidateFeatures(context, runKey).validate();
      case TRAINING_SET -> new BuildTrainingSet(context, runKey).build();
      case TRAIN -> new TrainCandidate(context, runKey).train();
      case GATE -> new GateCandidate(context, runKey).decide();
      case SCORE -> new ScoreBatch(context, runKey).score();
      case PUBLISH -> new PublishPredictions(context, runKey).publish();
      case MONITOR -> new MonitorPredictions(context, runKey).monitor();
      case REPORT -> new WriteReport(context, runKey).write();
      case RUN, SQL -> new RunPipeline(context, runKey).run();
    };
  }
}
