/**
 * Tree ensembles evaluated in Java, several times as fast as ONNX Runtime and bit for bit equal to
 * it with one thread a call. {@code TreeModel.read} is the door: it finds the ensemble in an ONNX
 * file, brings its branches to one form (a value's rank against a rank), compiles them for the
 * evaluators that suit its shape, times these, and compares the winner with ONNX Runtime before
 * anybody may use it.
 */
@NullMarked
package org.millrace.jobs.score.onnx.trees;

import org.jspecify.annotations.NullMarked;
