package org.millrace.jobs.monitor;

import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Digest;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.MonitoringDefinition;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.contracts.registry.RunRecord;
import org.millrace.jobs.evaluate.TaskMetrics;
import org.millrace.jobs.evaluate.TaskSummary;
import org.millrace.jobs.lineage.Lineage;
import org.millrace.jobs.room.JobContext;

/**
 * A monitoring run as the registry shows it: realised quality of all its days and of each, highest
 * drift of each feature. Driver only.
 */
final class MonitoringRun {
  private final JobContext context;
  private final RunKey runKey;
  private final MonitoringDefinition monitoring;

  MonitoringRun(JobContext context, RunKey runKey, MonitoringDefinition monitoring) {
    this.context = context;
    this.runKey = runKey;
    this.monitoring = monitoring;
  }

  RunRecord record(
      ModelVersion model,
      TableVersion predictions,
      DayRange days,
      TaskMetrics whole,
      Map<LocalDate, ? extends TaskSummary> quality,
      Map<LocalDate, DayDrift> drift,
      Instant startedAt) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    whole.asMap().forEach((metric, value) -> metrics.put("realised." + metric, value));
    drift
        .values()
        .forEach(
            day ->
                day.drift()
                    .forEach(
                        (feature, found) ->
                            metrics.merge("psi_max." + feature, found.psi(), Math::max)));
    return new RunRecord(
        monitoring.model(),
        runKey.toString(),
        Digest.sha256(days.toString(), predictions.toString(), quality.keySet().toString()),
        "monitor " + days,
        startedAt,
        context.clock().instant(),
        true,
        "What became of the predictions of " + days + " in `" + predictions + "`",
        Map.of("psi_warning", Double.toString(monitoring.psiWarning())),
        metrics,
        Map.of("millrace.room", "monitor", "millrace.days", days.toString()),
        List.of(Lineage.dataset(context.lake(), predictions, whole.rows(), "monitoring")),
        List.of(model));
  }
}
