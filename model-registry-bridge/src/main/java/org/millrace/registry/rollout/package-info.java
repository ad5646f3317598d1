/**
 * The statistics of a rollout: whether two arms differ, how many rows show it, which share of the
 * rows each arm gets and what that cost. Pure functions of sums; they read no table.
 */
@NullMarked
package org.millrace.registry.rollout;

import org.jspecify.annotations.NullMarked;
