package org.millrace.jobs.explain.shap;

import org.apache.spark.sql.Row;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/** Reads rows that enter trees from Spark's rows. Stateless; executors only. */
final class TreeRows {
  /** Holds such a row, between what makes it and what reads it. */
  static final String COLUMN = "tree input";

  private TreeRows() {}

  /**
   * Copies an array of floats or doubles.
   *
   * @param at position of the array in the row
   * @throws MillraceException DATA_CONTRACT where it has another width
   */
  static void read(Row row, int at, double[] into, int from, int width) {
    scala.collection.Seq<Number> values = row.getSeq(at);
    if (values.length() != width) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot explain a row: %d values enter the trees vs %d columns that they have; feed what the model was trained on"
              .formatted(values.length(), width));
    }

    scala.collection.Iterator<Number> next = values.iterator();
    for (int column = 0; column < width; column++) {
      into[from + column] = next.next().doubleValue();
    }
  }
}
