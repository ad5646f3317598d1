/**
 * The port to a model registry and run tracker (MLflow, or a directory where there is no MLflow),
 * and what goes through it.
 */
@NullMarked
package org.millrace.contracts.registry;

import org.jspecify.annotations.NullMarked;
