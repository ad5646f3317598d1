/**
 * {@code bin/bench}: the product side by side with its peers. A command picks workloads and
 * contenders, lets them take turns ({@code run}), and tells what came of it ({@code report}). A
 * further benchmark is a command beside these. Benchmarks of single kernels belong into {@code
 * src/jmh}, once there are any.
 */
@NullMarked
package org.millrace.bench;

import org.jspecify.annotations.NullMarked;
