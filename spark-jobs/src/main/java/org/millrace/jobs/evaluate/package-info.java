/**
 * Measures: how good predictions are once their labels are known, and how far features are from
 * what a model was trained on. Spark counts, the driver does the arithmetic on the counts. Every
 * formula names its source.
 */
@NullMarked
package org.millrace.jobs.evaluate;

import org.jspecify.annotations.NullMarked;
