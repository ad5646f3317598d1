/**
 * The bridge to a model registry: opens the one that the platform names. The adapters, the gate,
 * the outbox and the ONNX tools are packages of their own.
 */
@NullMarked
package org.millrace.registry;

import org.jspecify.annotations.NullMarked;
