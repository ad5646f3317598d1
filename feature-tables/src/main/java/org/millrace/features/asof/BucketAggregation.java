package org.millrace.features.asof;

import java.io.Serializable;
import java.util.Iterator;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/** What is computed in each bucket. Made on the driver, runs in tasks. */
public interface BucketAggregation extends Serializable {
  /**
   * Batches of the bucket's spine rows with further columns behind theirs, each row once; each
   * batch is valid until the next is asked for.
   */
  Iterator<ColumnarBatch> aggregate(EventBucket bucket);
}
