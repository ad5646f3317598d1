/**
 * The inputs of the benchmarks: rows and models, made from fixed seeds, once, in a folder that is
 * not under version control.
 */
@NullMarked
package org.millrace.bench.input;

import org.jspecify.annotations.NullMarked;
