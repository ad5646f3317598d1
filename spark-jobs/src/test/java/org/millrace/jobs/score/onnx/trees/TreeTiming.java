package org.millrace.jobs.score.onnx.trees;

import static java.util.Objects.requireNonNull;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Times the engines against ONNX Runtime with one thread a call, interleaved, by one and by two
 * callers, on random forests of 32 features: run its {@code main} with names out of d6, lgb, d10
 * and d10b. Batches of 4096 rows, column by column for the engines, row by row for ONNX Runtime.
 */
final class TreeTiming {
  private static final int FEATURES = 32;
  private static final int BATCH = 4096;
  private static final int ROUNDS = 7;

  private final Random random = new Random(7);
  private final byte[] model;
  private final int rows;
  private final float[][] columns;
  private final FloatBuffer matrix;

  private TreeTiming(byte[] model, int rows) {
    this.model = model;
    this.rows = rows;
    columns = new float[FEATURES][rows];
    matrix =
        ByteBuffer.allocateDirect(rows * FEATURES * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    for (int row = 0; row < rows; row++) {
      for (float[] column : columns) {
        column[row] = random.nextInt(50) == 0 ? Float.NaN : (float) random.nextGaussian();
        matrix.put(column[row]);
      }
    }

    matrix.rewind();
  }

  public static void main(String[] names) throws Exception {
    for (String name : names) {
      RandomTrees trees = new RandomTrees(kind(name), new Random(11));
      byte[] model = TreeProtos.model(3, TreeProtos.FLOAT, FEATURES, trees.outputs(), trees.node());
      new TreeTiming(model, name.equals("d6") ? 1 << 16 : 1 << 14).run(name);
    }
  }

  private static RandomTrees.Kind kind(String name) {
    int trees = name.equals("d6") ? 200 : name.equals("lgb") ? 1000 : 500;
    int depth = name.equals("d6") ? 6 : 10;
    int distinct = name.equals("lgb") || name.equals("d10b") ? 254 : name.equals("d6") ? 424 : 0;
    return new RandomTrees.Kind(
        EnsembleReader.REGRESSOR,
        false,
        FEATURES,
        1,
        trees,
        depth,
        name.equals("lgb") ? 63 : 0,
        true,
        List.of("BRANCH_LEQ"),
        false,
        distinct,
        false,
        "SUM",
        "NONE",
        0,
        true,
        false,
        false);
  }

  private void run(String name) throws Exception {
    Map<String, TreeModel> models = new TreeMap<>();
    for (String engine : List.of(Engines.BITS, Engines.VECTOR, Engines.WALK)) {
      if (new TreeLoader(Set.of(engine), PlainSessions.INSTANCE).read(model)
          instanceof TreeReading.Trees trees) {
        models.put(engine, trees.model());
      }
    }

    long begin = System.nanoTime();
    TreeReading chosen = TreeModel.read(model, PlainSessions.INSTANCE);
    System.out.printf(
        "%s: %s, read in %d ms%n",
        name,
        chosen instanceof TreeReading.Trees trees ? trees.model().engine() : chosen,
        (System.nanoTime() - begin) / 1_000_000);
    Map<String, List<Double>> speeds = new TreeMap<>();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      try (OrtSession session = OrtEnvironment.getEnvironment().createSession(model, options)) {
        for (int round = 0; round < ROUNDS; round++) {
          for (int callers = 1; callers <= 2; callers++) {
            speed(speeds, "ort " + callers, callers, part -> runOrt(session, part), round);
            for (Map.Entry<String, TreeModel> one : models.entrySet()) {
              TreeModel trees = one.getValue();
              speed(
                  speeds,
                  one.getKey() + " " + callers,
                  callers,
                  part -> runOurs(trees, part),
                  round);
            }
          }
        }
      }
    }

    speeds.forEach(
        (key, values) ->
            System.out.printf(
                "%s %-9s %.3f Mrows/s, %.1f of ORT%n",
                name,
                key,
                median(values),
                median(values)
                    / median(requireNonNull(speeds.get("ort " + key.charAt(key.length() - 1))))));
  }

  /** Rows from, to. */
  private record Part(int from, int to) {}

  private interface Work {
    void on(Part part) throws OrtException;
  }

  private void speed(
      Map<String, List<Double>> speeds, String name, int callers, Work work, int round)
      throws InterruptedException, ExecutionException {
    int share = rows / callers;
    ExecutorService pool = Executors.newFixedThreadPool(callers);
    try {
      for (int warm = round == 0 && !name.startsWith("ort") ? 6 : 0; warm >= 0; warm--) {
        long begin = System.nanoTime();
        List<Future<?>> running = new ArrayList<>();
        for (int caller = 0; caller < callers; caller++) {
          Part part = new Part(caller * share, (caller + 1) * share);
          running.add(
              pool.submit(
                  () -> {
                    work.on(part);
                    return null;
                  }));
        }

        for (Future<?> one : running) {
          one.get();
        }

        double seconds = (System.nanoTime() - begin) / 1e9;
        if (round > 0) {
          speeds.computeIfAbsent(name, unused -> new ArrayList<>()).add(rows / seconds / 1e6);
        }
      }
    } finally {
      pool.shutdown();
    }
  }

  private void runOrt(OrtSession session, Part part) throws OrtException {
    for (int from = part.from(); from < part.to(); from += BATCH) {
      int count = Math.min(BATCH, part.to() - from);
      FloatBuffer batch = matrix.slice(from * FEATURES, count * FEATURES);
      try (OnnxTensor tensor =
              OnnxTensor.createTensor(
                  OrtEnvironment.getEnvironment(), batch, new long[] {count, FEATURES});
          OrtSession.Result result = session.run(Map.of("X", tensor))) {
        result.get(0);
      }
    }
  }

  private void runOurs(TreeModel trees, Part part) {
    TreeScorer scorer = trees.scorer(BATCH);
    for (int from = part.from(); from < part.to(); from += BATCH) {
      scorer.score(columns, from, Math.min(BATCH, part.to() - from));
    }
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }
}
