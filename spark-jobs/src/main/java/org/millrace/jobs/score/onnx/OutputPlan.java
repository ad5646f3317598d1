package org.millrace.jobs.score.onnx;

import ai.onnxruntime.OnnxJavaType;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * How one column is made of a model's output. Travels to executors inside the closure.
 *
 * @param modelOutput its name in the model
 * @param column its name in the scored rows
 * @param type of the column
 * @param element of the tensor, or of the maps' values
 * @param keys type of the maps' keys where the output is a sequence of maps
 * @param dims the tensor's dimensions after the rows as the model declares them, -1 where open
 * @param pick which of a row's elements, or which key of its map, the column is; null for all
 */
record OutputPlan(
    String modelOutput,
    String column,
    DataType type,
    OnnxJavaType element,
    @Nullable OnnxJavaType keys,
    List<Long> dims,
    @Nullable String pick)
    implements Serializable {
  /** Copies the list. */
  OutputPlan {
    dims = List.copyOf(dims);
  }

  boolean isMap() {
    return keys != null;
  }

  /** Elements of a row as far as the model declares them: -1 where it leaves one open. */
  long width() {
    long width = 1;
    for (long dim : dims) {
      if (dim < 0) {
        return -1;
      }

      width = Math.multiplyExact(width, dim);
    }

    return width;
  }

  /** Whether the tensor is {@code [N]} and not {@code [N, 1]}. */
  boolean isFlat() {
    return dims.isEmpty();
  }

  /** Whether the column takes one float a row, of a shape that is known before the call. */
  boolean isOneFloat() {
    return !isMap()
        && pick == null
        && element == OnnxJavaType.FLOAT
        && !(type instanceof ArrayType)
        && dims.size() <= 1
        && width() == 1;
  }

  /**
   * Compares with what came out.
   *
   * @param made dimensions after the rows
   * @throws MillraceException DATA_CONTRACT
   */
  void requireDims(long[] made) {
    int width = OutputColumn.width(made);
    boolean fits =
        index().isPresent()
            ? index().get() < width
            : type instanceof ArrayType ? dims.size() == made.length : width == 1;
    if (!fits) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot read the model's output %s as column %s of type %s: it declares %s for each row and made %s; export the model with the dimensions that it has"
              .formatted(modelOutput, column, type.sql(), dims, Arrays.toString(made)));
    }
  }

  Optional<Integer> index() {
    return isMap() ? Optional.empty() : Optional.ofNullable(pick).map(Integer::valueOf);
  }
}
