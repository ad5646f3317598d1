/**
 * The gate: a pure, total function from evaluations and rules to a verdict with reasons. It reads
 * no table and knows no registry.
 */
@NullMarked
package org.millrace.registry.gate;

import org.jspecify.annotations.NullMarked;
