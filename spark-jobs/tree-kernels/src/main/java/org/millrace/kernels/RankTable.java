package org.millrace.kernels;

/**
 * The distinct thresholds of one feature as ordered integers, with a table of buckets that makes
 * the search short: bucket {@code min(max((x - low) * scale, 0), buckets - 1)} never falls as x
 * rises, so that every threshold of a lower bucket is below x and every one of a higher bucket
 * above.
 *
 * @param keys ascending, then at least twice {@code step} times the highest integer
 * @param count how many keys are thresholds
 * @param starts by bucket, the position of its first key
 * @param low of the bucket function
 * @param scale of the bucket function; finite and not negative
 * @param step the highest power of two that is not above the fullest bucket's count
 * @param missing the rank of NaN: 0 or {@code count}
 */
@SuppressWarnings("ArrayRecordComponent") // read in inner loops; never changed after it is made
public record RankTable(
    int[] keys, int count, int[] starts, float low, float scale, int step, int missing) {}
