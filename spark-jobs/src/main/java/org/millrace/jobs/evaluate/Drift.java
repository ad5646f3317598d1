package org.millrace.jobs.evaluate;

/**
 * How far a feature is from its reference.
 *
 * @param psi population stability index, at least 0
 * @param referenceNullRate share of null or NaN values in the reference
 * @param nullRate share of null or NaN values now
 * @param rows rows now, at least 1
 */
public record Drift(double psi, double referenceNullRate, double nullRate, long rows) {}
