/** Tests of the tree evaluator against ONNX Runtime with one thread. */
@NullMarked
package org.millrace.jobs.score.onnx.trees;

import org.jspecify.annotations.NullMarked;
