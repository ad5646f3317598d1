package org.millrace.jobs.score.onnx.trees;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.millrace.kernels.TreeKernels;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The engines that this JVM has and that suit a forest. Stateless. */
final class Engines {
  static final String BITS = "bits";
  static final String VECTOR = "vector";
  static final String WALK = "walk";

  private static final Logger LOG = LoggerFactory.getLogger(Engines.class);
  private static final String MODULE = "jdk.incubator.vector";
  private static final String VECTOR_KERNELS = "org.millrace.kernels.VectorKernels";

  /** Every node for every row stops paying where walking needs this much fewer steps. */
  private static final int HOPELESS = 2;

  private Engines() {}

  static Set<String> all() {
    return Set.of(BITS, VECTOR, WALK);
  }

  /** Whether the JVM was started with the vector module. */
  static boolean hasVectorModule() {
    return ModuleLayer.boot().findModule(MODULE).isPresent();
  }

  /**
   * Compiles a forest.
   *
   * @param allowed names to choose from
   * @throws NotCovered where none is left
   */
  static List<Engine> suited(Forest forest, Set<String> allowed) {
    List<Engine> engines = new ArrayList<>();
    boolean walks = allowed.contains(WALK) && WalkEngine.covers(forest);
    if (BitsEngine.covers(forest) && !(walks && isHopelessForBits(forest))) {
      if (allowed.contains(VECTOR)) {
        vectorKernels().ifPresent(kernels -> engines.add(new BitsEngine(forest, kernels)));
      }

      // vectors do the same work in fewer instructions: no need to try both
      if (allowed.contains(BITS) && engines.isEmpty()) {
        engines.add(new BitsEngine(forest, new BitsKernels()));
      }
    }

    if (walks) {
      engines.add(new WalkEngine(forest));
    }

    if (engines.isEmpty()) {
      throw new NotCovered("no evaluator takes trees of this shape");
    }

    return engines;
  }

  private static boolean isHopelessForBits(Forest forest) {
    long steps = forest.trees().stream().mapToLong(tree -> Math.max(1, tree.depth())).sum();
    return forest.branches() > HOPELESS * steps * 64;
  }

  /** Named only as text: nothing here needs the module to load. */
  private static Optional<TreeKernels> vectorKernels() {
    if (!hasVectorModule()) {
      return Optional.empty();
    }

    try {
      return Optional.of(
          Class.forName(VECTOR_KERNELS)
              .asSubclass(TreeKernels.class)
              .getDeclaredConstructor()
              .newInstance());
    } catch (InvocationTargetException e) {
      LOG.info("Vectors are not used on this machine: {}", String.valueOf(e.getCause()));
      return Optional.empty();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot make " + VECTOR_KERNELS + ": " + e, e);
    }
  }
}
