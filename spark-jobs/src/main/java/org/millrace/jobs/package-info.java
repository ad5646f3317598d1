/**
 * The program that {@code spark-submit} starts, and what it hands to every room. Each room is a
 * package below; {@code tables}, {@code spine}, {@code evaluate}, {@code model}, {@code lineage}
 * and {@code metastore} are shared by rooms.
 */
@NullMarked
package org.millrace.jobs;

import org.jspecify.annotations.NullMarked;
