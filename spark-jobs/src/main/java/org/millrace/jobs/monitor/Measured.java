package org.millrace.jobs.monitor;

import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.jobs.evaluate.TaskMetrics;
import org.millrace.jobs.evaluate.TaskSummary;

/**
 * What was measured of a run of days.
 *
 * @param model the version whose predictions were judged
 * @param predictions where they are
 * @param whole quality of all days; empty if no row has a label
 * @param quality by day
 * @param drift by day; empty if the version came without a profile
 */
record Measured(
    ModelVersion model,
    TableVersion predictions,
    Optional<TaskMetrics> whole,
    Map<LocalDate, ? extends TaskSummary> quality,
    Map<LocalDate, DayDrift> drift) {}
