package org.millrace.jobs.monitor;

import java.time.LocalDate;
import java.util.Map;
import org.millrace.jobs.evaluate.Drift;
import org.millrace.jobs.evaluate.FeatureBins;

/**
 * How far the features of a day, and of the days before it, are from the training set.
 *
 * @param first the first of the days that were compared together
 * @param counts rows by bin of the day alone, by feature
 * @param drift of all these days together, by feature
 */
record DayDrift(LocalDate first, Map<String, FeatureBins> counts, Map<String, Drift> drift) {}
