/**
 * Models fitted by Spark and exported to ONNX with their pre-processing inside: boosted trees for
 * candidates, a logistic regression for baselines. Each export is checked against Spark's own
 * predictions.
 */
@NullMarked
package org.millrace.jobs.fit;

import org.jspecify.annotations.NullMarked;
