package org.millrace.bench.kernel;

import static java.util.Objects.requireNonNull;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Scores one batch of rows by one evaluator: rows a second. Each of JMH's threads has a scorer of
 * its own over a shared model, as Spark's tasks have.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class TreeKernelBenchmark {
  /** Rows of a batch, as in Spark. */
  public static final int ROWS = 4096;

  /** The model's file. */
  @Param("")
  public String model = "";

  /** {@code onnxruntime}, {@code vector}, {@code bits} or {@code walk}. */
  @Param("")
  public String engine = "";

  private BatchScorer.@Nullable Model opened;

  /** A thread's scorer and its rows. */
  @State(Scope.Thread)
  public static class Batch {
    private @Nullable BatchScorer scorer;

    /** Makes the scorer, and rows of which one value in fifty is missing. */
    @Setup
    public void make(TreeKernelBenchmark benchmark) throws OrtException {
      BatchScorer.Model model = benchmark.model();
      FloatBuffer rows =
          ByteBuffer.allocateDirect(ROWS * model.features() * Float.BYTES)
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer();
      SplittableRandom random = new SplittableRandom(7);
      while (rows.hasRemaining()) {
        rows.put(random.nextInt(50) == 0 ? Float.NaN : (float) random.nextGaussian());
      }

      scorer = model.scorer(rows.flip(), ROWS);
    }

    /** Gives native memory back. */
    @TearDown
    public void close() throws OrtException {
      if (scorer != null) {
        scorer.close();
      }
    }
  }

  /** Opens the model. */
  @Setup(Level.Trial)
  public void open() throws IOException, OrtException {
    opened = BatchScorer.Model.open(Files.readAllBytes(Path.of(model)), engine);
  }

  /** Closes it. */
  @TearDown(Level.Trial)
  public void close() throws OrtException {
    model().close();
  }

  /** Scores the batch; returns a score, so that nothing is optimised away. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public float rows(Batch batch) throws OrtException {
    return requireNonNull(batch.scorer).score();
  }

  private BatchScorer.Model model() {
    return requireNonNull(opened, "the model is not open");
  }
}
