/**
 * Tree evaluators and ONNX Runtime in memory, measured by JMH: one batch, no Spark, no file. What
 * {@code bin/bench scoring} cannot tell apart is told here.
 */
@NullMarked
package org.millrace.bench.kernel;

import org.jspecify.annotations.NullMarked;
