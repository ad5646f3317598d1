/**
 * ONNX models as files and messages: writing the models that Millrace trains, and looking into any
 * model before its first use. Everything here is protobuf alone: no native code is loaded, so a
 * broken or hostile file is met before ONNX Runtime sees it.
 */
@NullMarked
package org.millrace.registry.onnx;

import org.jspecify.annotations.NullMarked;
