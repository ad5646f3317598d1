/**
 * Scoring with ONNX Runtime inside Spark tasks. {@code OnnxScoring} is the door: it checks a model
 * against the feature columns on the driver, then runs it on the executors with one native session
 * per executor JVM, shared by the tasks of that JVM. Every native call passes a gate, so that
 * nothing is freed under a running call.
 */
@NullMarked
package org.millrace.jobs.score.onnx;

import org.jspecify.annotations.NullMarked;
