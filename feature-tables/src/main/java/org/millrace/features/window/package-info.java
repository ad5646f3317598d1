/**
 * Windowed aggregates as of each spine row: counts, sums, extremes, deviations, last values,
 * distinct counts and quantiles of the events of a key in the hours or days before, exactly as they
 * were known then. Start at {@link org.millrace.features.window.WindowAggregates}; the rule stands
 * in {@link org.millrace.features.window.EventWindows}.
 */
@NullMarked
package org.millrace.features.window;

import org.jspecify.annotations.NullMarked;
