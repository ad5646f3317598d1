/**
 * The program that {@code spark-submit} starts. Each room is a package below; {@code room} is what
 * they have in common, {@code tables}, {@code spine}, {@code evaluate}, {@code model}, {@code
 * lineage} and {@code metastore} are shared by some.
 */
@NullMarked
package org.millrace.jobs;

import org.jspecify.annotations.NullMarked;
