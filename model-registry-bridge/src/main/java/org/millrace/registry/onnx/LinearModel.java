package org.millrace.registry.onnx;

import java.util.List;

/**
 * A linear margin over encoded columns: {@code intercept + sum((x - fill) * weight) + sum(codes)}.
 * Numbers are centred on their fill, so that float32 does not lose a small effect beside a large
 * mean; each category's code is its weight.
 *
 * @param encoding of the columns; the codes are the categories' weights
 * @param weights of the numeric columns, in their order
 * @param intercept the margin where every number is missing, before the categories
 */
public record LinearModel(FeatureEncoding encoding, List<Double> weights, double intercept) {
  /** Copies the weights; there is one for each numeric column. */
  public LinearModel {
    weights = List.copyOf(weights);
    if (weights.size() != encoding.numeric().size()) {
      throw new IllegalArgumentException(
          "Cannot weigh "
              + encoding.numeric().size()
              + " numeric columns with "
              + weights.size()
              + " weights");
    }
  }
}
