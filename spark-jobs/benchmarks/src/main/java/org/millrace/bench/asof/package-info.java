/** Benchmarks of what is computed as of each spine row. */
@NullMarked
package org.millrace.bench.asof;

import org.jspecify.annotations.NullMarked;
