/** Tests of scoring: real Spark, real ONNX Runtime, models built in the test. */
@NullMarked
package org.millrace.jobs.score.onnx;

import org.jspecify.annotations.NullMarked;
