/** Tests of writing and inspecting ONNX models. */
@NullMarked
package org.millrace.registry.onnx;

import org.jspecify.annotations.NullMarked;
