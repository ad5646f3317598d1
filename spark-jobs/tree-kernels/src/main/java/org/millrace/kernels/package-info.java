/**
 * The inner loops of the tree evaluator behind small interfaces, and their form for the JDK's
 * vector module. That module is an incubator one: only {@code VectorKernels} and what it makes may
 * name it, and nothing loads them where it is absent.
 */
@NullMarked
package org.millrace.kernels;

import org.jspecify.annotations.NullMarked;
