package org.millrace.bench.input;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** The models that are scored with. Same name, same bytes. */
public enum BenchModel {
  /** Perceptron 32-128-64-1, ReLU and a sigmoid. */
  MLP(32, 1),
  /** 200 trees of depth 6, each node with a threshold of its own. */
  GBT(32, 2),
  /** 1000 leaf-wise trees of 63 leaves, 254 thresholds a feature: LightGBM's shape. */
  LGBM(32, 3),
  /** 500 trees of depth 10, each node with a threshold of its own. */
  DEEP(32, 4),
  /** The same shape with 254 thresholds a feature. */
  DEEP_BINNED(32, 5),
  /** A linear head with a sigmoid over 384 numbers, as of a sentence embedding. */
  LINEAR384(384, 6),
  /** About 100 MB: 850 trees of depth 11. */
  FOREST(32, 7),
  /** 20 trees of depth 4, for the soak. */
  SMALL_TREES(32, 8),
  /** Perceptron 32-16-8-1, for the soak. */
  SMALL_PERCEPTRON(32, 9);

  private final int width;
  private final long seed;

  BenchModel(int width, long seed) {
    this.width = width;
    this.seed = seed;
  }

  /** Features of a row. */
  public int width() {
    return width;
  }

  /** Where the model is, or will be, in the folder of the inputs. */
  public Path file(Path folder) {
    return folder.resolve(name().toLowerCase(Locale.ROOT).replace('_', '-') + ".onnx");
  }

  /** Writes the model into the folder, unless it is there; returns its file. */
  public Path in(Path folder) throws IOException {
    Path file = file(folder);
    if (!Files.exists(file)) {
      Files.createDirectories(folder);
      Path partial = Files.createTempFile(folder, "model", ".partial");
      Files.write(partial, bytes());
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    }

    return file;
  }

  /** The model, made anew. */
  public byte[] bytes() {
    return switch (this) {
      case MLP -> perceptron(128, 64);
      case SMALL_PERCEPTRON -> perceptron(16, 8);
      case GBT -> forest(0).addPerfect(200, 6).model("gbt");
      case LGBM -> forest(254).addLeafWise(1000, 63).model("lgbm");
      case DEEP -> forest(0).addPerfect(500, 10).model("deep");
      case DEEP_BINNED -> forest(254).addPerfect(500, 10).model("deep-binned");
      case LINEAR384 -> linear();
      case FOREST -> forest(0).addPerfect(850, 11).model("forest");
      case SMALL_TREES -> forest(0).addPerfect(20, 4).model("small-trees");
    };
  }

  private Forest forest(int bins) {
    return new Forest(width, bins, random());
  }

  private SplittableRandom random() {
    return new SplittableRandom(seed);
  }

  private byte[] perceptron(int first, int second) {
    SplittableRandom random = random();
    return new Graph("perceptron", width)
        .weights("w0", random, 1 / Math.sqrt(width), width, first)
        .weights("b0", random, 0.1, first)
        .weights("w1", random, 1 / Math.sqrt(first), first, second)
        .weights("b1", random, 0.1, second)
        .weights("w2", random, 1 / Math.sqrt(second), second, 1)
        .weights("b2", random, 0.1, 1)
        .node("", "Gemm", "g0", List.of(Graph.INPUT, "w0", "b0"))
        .node("", "Relu", "r0", List.of("g0"))
        .node("", "Gemm", "g1", List.of("r0", "w1", "b1"))
        .node("", "Relu", "r1", List.of("g1"))
        .node("", "Gemm", "g2", List.of("r1", "w2", "b2"))
        .node("", "Sigmoid", Graph.OUTPUT, List.of("g2"))
        .model();
  }

  private byte[] linear() {
    SplittableRandom random = random();
    return new Graph("linear", width)
        .weights("w", random, 1 / Math.sqrt(width), width, 1)
        .weights("b", random, 0.1, 1)
        .node("", "Gemm", "g", List.of(Graph.INPUT, "w", "b"))
        .node("", "Sigmoid", Graph.OUTPUT, List.of("g"))
        .model();
  }
}
