package org.millrace.jobs.score.onnx.trees;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;

/**
 * A batch, feature by feature. For one thread.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
interface Rows<A> {
  /** Moves to a block of the batch. */
  void block(int from, int rows);

  /** An array that holds the block's values of a feature, from {@link #offset}. */
  A values(int feature);

  /** Where the block's values begin. */
  int offset();

  /** Columns as they are: nothing is copied. */
  final class Columns<A> implements Rows<A> {
    private final A[] columns;
    private final int first;
    private int at;

    /**
     * @param first row of the batch in each column
     */
    Columns(A[] columns, int first) {
      this.columns = columns;
      this.first = first;
    }

    @Override
    public void block(int from, int rows) {
      at = first + from;
    }

    @Override
    public A values(int feature) {
      return columns[feature];
    }

    @Override
    public int offset() {
      return at;
    }
  }

  /** Rows of floats in a buffer; each feature of a block is collected into scratch. */
  final class FloatMatrix implements Rows<float[]> {
    private final int features;
    private final float[] block;
    private final float[] column;
    private FloatBuffer buffer = FloatBuffer.allocate(0);
    private int rows;

    FloatMatrix(int features, int blockRows) {
      this.features = features;
      this.block = new float[features * blockRows];
      this.column = new float[blockRows];
    }

    FloatMatrix over(FloatBuffer matrix) {
      buffer = matrix;
      return this;
    }

    @Override
    public void block(int from, int count) {
      rows = count;
      buffer.get(buffer.position() + from * features, block, 0, count * features);
    }

    @Override
    public float[] values(int feature) {
      for (int row = 0, at = feature; row < rows; row++, at += features) {
        column[row] = block[at];
      }

      return column;
    }

    @Override
    public int offset() {
      return 0;
    }
  }

  /** Rows of doubles in a buffer. */
  final class DoubleMatrix implements Rows<double[]> {
    private final int features;
    private final double[] block;
    private final double[] column;
    private DoubleBuffer buffer = DoubleBuffer.allocate(0);
    private int rows;

    DoubleMatrix(int features, int blockRows) {
      this.features = features;
      this.block = new double[features * blockRows];
      this.column = new double[blockRows];
    }

    DoubleMatrix over(DoubleBuffer matrix) {
      buffer = matrix;
      return this;
    }

    @Override
    public void block(int from, int count) {
      rows = count;
      buffer.get(buffer.position() + from * features, block, 0, count * features);
    }

    @Override
    public double[] values(int feature) {
      for (int row = 0, at = feature; row < rows; row++, at += features) {
        column[row] = block[at];
      }

      return column;
    }

    @Override
    public int offset() {
      return 0;
    }
  }
}
