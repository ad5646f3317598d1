package org.millrace.features.asof;

/** How an as-of join runs. All give the same rows; {@link #AUTO} chooses by size and layout. */
public enum AsOfStrategy {
  /** What seems fastest for each view. */
  AUTO,

  /**
   * The spine's keys and as-of times are held in memory, sorted; keys and times of the views are
   * streamed past them, unshuffled; then the values of the winning rows are read.
   */
  MEMORY,

  /**
   * The views are held in memory whole, sorted, by every executor; the spine is streamed past them,
   * once. For small views.
   */
  BROADCAST,

  /**
   * Spine and views are shuffled by key into buckets that fit in memory, as chunks of columns; in
   * each, the views are streamed past the sorted spine. Each input is read once, nothing else is
   * sorted.
   */
  BUCKETS,

  /** One shuffle and sort of spine and views together, and a running maximum. */
  SORT
}
