/**
 * The training room: from a training set to a gradient-boosted model and a logistic baseline, both
 * exported to ONNX with their pre-processing inside, and checked against Spark's own predictions.
 */
@NullMarked
package org.millrace.jobs.train;

import org.jspecify.annotations.NullMarked;
