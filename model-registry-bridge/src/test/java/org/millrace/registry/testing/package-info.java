/** What tests share, here and in other modules: a real MLflow server and tiny ONNX models. */
@NullMarked
package org.millrace.registry.testing;

import org.jspecify.annotations.NullMarked;
