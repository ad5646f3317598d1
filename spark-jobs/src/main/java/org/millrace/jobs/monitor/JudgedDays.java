package org.millrace.jobs.monitor;

import java.util.Optional;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.RowCounts;
import org.millrace.jobs.evaluate.TaskMetrics;

/**
 * Days that were judged together.
 *
 * @param days the days
 * @param whole their realised quality; empty if no row has a label
 * @param rows what became of the published rows: those that cannot be judged are refused
 * @param hasDrift whether the drift of the features was measured
 * @param drifted features that drifted, each day counted
 * @param warning what speaks against the version that scored them; empty if nothing does
 */
public record JudgedDays(
    DayRange days,
    Optional<TaskMetrics> whole,
    RowCounts rows,
    boolean hasDrift,
    long drifted,
    Optional<String> warning) {}
