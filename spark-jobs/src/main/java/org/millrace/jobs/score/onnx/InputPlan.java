package org.millrace.jobs.score.onnx;

import ai.onnxruntime.OnnxJavaType;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * How one model input is filled. Travels to executors inside the closure (Java serialisation).
 *
 * @param name of the model's input
 * @param element of its tensor
 * @param columns feature columns, in the tensor's order; one where it holds a row's whole array
 * @param dims the tensor's dimensions after the rows; -1 where the model leaves one open; empty for
 *     a tensor {@code [N]}
 */
record InputPlan(String name, OnnxJavaType element, List<InputColumn> columns, List<Long> dims)
    implements Serializable {
  /** Copies the lists. */
  InputPlan {
    columns = List.copyOf(columns);
    dims = List.copyOf(dims);
  }

  /** Whether its one column holds arrays or vectors. */
  boolean isArray() {
    return columns.size() == 1 && columns.get(0).kind().isArray();
  }

  /** Elements of a row, -1 where the model leaves a dimension open. */
  int width() {
    long width = 1;
    for (long dim : dims) {
      if (dim < 0) {
        return isArray() ? -1 : columns.size();
      }

      width = Math.multiplyExact(width, dim);
    }

    return Math.toIntExact(width);
  }

  /**
   * The tensor's shape.
   *
   * @param width elements of a row; fills the open dimension
   */
  long[] shape(int rows, int width) {
    long[] shape = new long[dims.size() + 1];
    Arrays.fill(shape, 1);
    shape[0] = rows;
    long known = 1;
    int open = 0;
    for (int i = 0; i < dims.size(); i++) {
      shape[i + 1] = dims.get(i);
      if (dims.get(i) < 0) {
        open = i + 1;
      } else {
        known *= dims.get(i);
      }
    }

    if (open > 0) {
      shape[open] = width / known;
    }

    return shape;
  }
}
