package org.millrace.jobs.score.onnx.trees;

import java.util.List;

/**
 * An ensemble whose trees are brought to one form.
 *
 * @param axes what branches ask about
 * @param trees in the ensemble's order; leaves are numbered as in the ensemble's trees
 */
record Forest(Ensemble ensemble, KeySpace space, List<Axis> axes, List<SplitTree> trees) {
  int branches() {
    return trees.stream().mapToInt(tree -> tree.axes().length).sum();
  }
}
