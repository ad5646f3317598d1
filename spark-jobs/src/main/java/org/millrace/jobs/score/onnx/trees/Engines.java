package org.millrace.jobs.score.onnx.trees;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
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

  /** Nanoseconds of a row at a node, with vectors and without, and of a step of a walk. */
  private static final double VECTOR_NODE = 0.016;

  private static final double BITS_NODE = 0.045;
  private static final double WALK_STEP = 1.2;

  /** Steps in trees that do not stay in the cache cost more; so do columns that do not. */
  private static final long CACHED_NODES = 1 << 17;

  private static final double FAR = 1.5;
  private static final int CACHED_COLUMNS = 1 << 10;
  private static final double FAR_COLUMNS = 3;

  private Engines() {}

  static Set<String> all() {
    return Set.of(BITS, VECTOR, WALK);
  }

  /** Whether the JVM was started with the vector module. */
  static boolean hasVectorModule() {
    return ModuleLayer.boot().findModule(MODULE).isPresent();
  }

  /**
   * The engines that can evaluate a forest, by estimated time.
   *
   * @param allowed names to choose from
   * @throws NotCovered where there is none
   */
  static List<Candidate> suited(Forest forest, Set<String> allowed) {
    List<Candidate> suited = new ArrayList<>();
    if (BitsEngine.covers(forest)) {
      double nodes =
          forest.branches() * (BitsEngine.columns(forest) > CACHED_COLUMNS ? FAR_COLUMNS : 1);
      Optional<TreeKernels> vectors = allowed.contains(VECTOR) ? vectorKernels() : Optional.empty();
      // vectors do the same work in fewer instructions: no need to try both
      if (vectors.isPresent()) {
        TreeKernels kernels = vectors.get();
        suited.add(new Candidate(nodes * VECTOR_NODE, () -> new BitsEngine(forest, kernels)));
      } else if (allowed.contains(BITS)) {
        suited.add(
            new Candidate(nodes * BITS_NODE, () -> new BitsEngine(forest, new BitsKernels())));
      }
    }

    if (allowed.contains(WALK) && WalkEngine.covers(forest)) {
      double far = forest.branches() > CACHED_NODES ? FAR : 1;
      suited.add(new Candidate(steps(forest) * WALK_STEP * far, () -> new WalkEngine(forest)));
    }

    if (suited.isEmpty()) {
      throw new NotCovered("no evaluator takes trees of this shape");
    }

    suited.sort(Comparator.comparingDouble(Candidate::nanos));
    return suited;
  }

  /** Of a row. */
  private static long steps(Forest forest) {
    return forest.trees().stream().mapToLong(tree -> Math.max(1, tree.depth())).sum();
  }

  /**
   * An engine that is not compiled yet.
   *
   * @param nanos estimated, for a row
   */
  record Candidate(double nanos, Supplier<Engine> maker) {}

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
