/** Leases: who works on which partitions, with the numbers that fence off who no longer may. */
@NullMarked
package org.millrace.features.lease;

import org.jspecify.annotations.NullMarked;
