package org.millrace.jobs.bootstrap;

import java.io.Serializable;

/**
 * A row that both models have scored.
 *
 * @param key unique in the sample
 * @param day since 1970-01-01
 * @param label what came true
 * @param candidate score of the one model
 * @param champion score of the other
 */
record PairedRow(long key, int day, double label, double candidate, double champion)
    implements Serializable {}
