package org.millrace.jobs.score.onnx;

import java.lang.ref.SoftReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.millrace.jobs.score.onnx.trees.TreeModel;
import org.millrace.jobs.score.onnx.trees.TreeReading;

/**
 * The trees found in a model, read once in a JVM and shared by its tasks. Heap memory alone: where
 * it runs short, models that no task holds are forgotten, and read again when they are wanted.
 *
 * @param reading what came of looking for trees
 * @param prefix the model that makes the trees' input, where there is one
 */
record ModelTrees(TreeReading reading, @Nullable OnnxModel prefix) {
  private static final Map<String, Place> PLACES = new ConcurrentHashMap<>();

  /**
   * This JVM's, by SHA-256. Thread-safe; tasks that ask at the same moment wait for one reading.
   *
   * @throws org.millrace.contracts.MillraceException DATA_CONTRACT where the trees are malformed
   */
  static ModelTrees of(OnnxModel model) {
    return PLACES.computeIfAbsent(model.sha256(), sha256 -> new Place()).trees(model);
  }

  private static ModelTrees read(OnnxModel model) {
    TreeReading reading = TreeModel.read(model.verifiedBytes(), OrtRuntime.sessions());
    return new ModelTrees(
        reading,
        reading instanceof TreeReading.TreeSplit split
            ? OnnxModel.of(model.name(), model.version(), split.prefix())
            : null);
  }

  /** A model's place; its lock is held while the model is read. */
  private static final class Place {
    private SoftReference<@Nullable ModelTrees> kept = new SoftReference<>(null);

    synchronized ModelTrees trees(OnnxModel model) {
      ModelTrees trees = kept.get();
      if (trees == null) {
        trees = read(model);
        kept = new SoftReference<>(trees);
      }

      return trees;
    }
  }
}
