package org.millrace.jobs.score.onnx;

import java.io.Serializable;
import java.util.List;

/**
 * How one model input is filled from a row. Travels to executors inside the closure (Java
 * serialisation).
 *
 * @param name of the model's input
 * @param kind of its elements
 * @param first position of its first column in the projected row; the others follow
 * @param columns feature columns, in the tensor's order
 * @param flat whether the tensor is {@code [N]} and not {@code [N, columns]}
 */
record InputPlan(String name, Kind kind, int first, List<String> columns, boolean flat)
    implements Serializable {
  /** Element types that models may ask for. */
  enum Kind {
    FLOAT,
    STRING
  }

  long[] shape(int rows) {
    return flat ? new long[] {rows} : new long[] {rows, columns.size()};
  }
}
