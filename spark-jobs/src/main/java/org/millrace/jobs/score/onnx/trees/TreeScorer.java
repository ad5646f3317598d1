package org.millrace.jobs.score.onnx.trees;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;

/**
 * Scores batches with one {@link TreeModel}. For one thread: it keeps its scratch arrays and the
 * results of the latest call. Plain heap memory, nothing to close.
 */
public interface TreeScorer {
  /**
   * Scores columns.
   *
   * @param columns by feature; rows {@code offset} to {@code offset + rows} of each are read
   * @param rows from 0 to the scorer's batch rows
   * @throws IllegalArgumentException where there are more rows, or other columns than features
   * @throws IllegalStateException where the model takes doubles
   */
  void score(float[][] columns, int offset, int rows);

  /** Scores {@code [rows, features]} from the buffer's position, which stays where it is. */
  void score(FloatBuffer rowMajor, int rows);

  /** As {@link #score(float[][], int, int)}, for a model that takes doubles. */
  void score(double[][] columns, int offset, int rows);

  /** As {@link #score(FloatBuffer, int)}, for a model that takes doubles. */
  void score(DoubleBuffer rowMajor, int rows);

  /**
   * A FLOAT output of the latest call, {@code [rows, width]} row by row. The array is used again by
   * the next call and may be longer than the rows.
   */
  float[] floats(int output);

  /** A DOUBLE output; like {@link #floats}. */
  double[] doubles(int output);

  /** An INT64 or LABEL output; like {@link #floats}. */
  long[] longs(int output);
}
