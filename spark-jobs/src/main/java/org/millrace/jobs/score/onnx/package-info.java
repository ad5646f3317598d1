/**
 * Scoring with ONNX Runtime as an operator of Spark's plan. {@code OnnxScoring} is the door: it
 * checks a model against the feature columns on the driver and puts a node into the plan, which
 * reads columns or rows, whichever its child offers. The executors score with one native session
 * per executor JVM, shared by the tasks of that JVM. Every native call passes a gate, so that
 * nothing is freed under a running call.
 */
@NullMarked
package org.millrace.jobs.score.onnx;

import org.jspecify.annotations.NullMarked;
