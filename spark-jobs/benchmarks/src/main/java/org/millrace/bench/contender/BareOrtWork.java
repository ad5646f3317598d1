package org.millrace.bench.contender;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.millrace.bench.run.Check;

/**
 * ONNX Runtime alone, at its best: the check rows in memory as one direct buffer, scored over and
 * over until the task's rows are reached, by one caller a core on one session of one thread,
 * tensors and outputs made once. No file is read while the clock runs, nothing is copied.
 */
final class BareOrtWork implements Work {
  private final Task task;
  private final boolean loads;
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final ExecutorService callers;
  private final List<OnnxTensor> batches = new ArrayList<>();
  private final FloatBuffer scores;
  private OrtSession session;

  /**
   * @param loads whether each round loads the model first
   */
  BareOrtWork(Task task, boolean loads) {
    this.task = task;
    this.loads = loads;
    this.callers = Executors.newFixedThreadPool(task.cores());
    this.scores = floats(task.checkRows());
    try {
      this.session = open();
      FloatBuffer rows = read();
      for (int row = 0; row < task.checkRows(); row += task.batch()) {
        int count = Math.min(task.batch(), task.checkRows() - row);
        FloatBuffer batch = rows.slice(row * task.width(), count * task.width());
        batches.add(OnnxTensor.createTensor(environment, batch, new long[] {count, task.width()}));
      }
    } catch (OrtException | IOException e) {
      throw new IllegalStateException("Cannot make ready " + task.model(), e);
    }
  }

  @Override
  public Check check() throws Exception {
    scoreAll(batches.size());
    double sum = 0;
    double weighted = 0;
    double absolute = 0;
    for (int row = 0; row < task.checkRows(); row++) {
      double score = scores.get(row);
      sum += score;
      weighted += score * (row % Check.WEIGHTS);
      absolute += Math.abs(score);
    }

    return new Check(task.checkRows(), sum, weighted, absolute);
  }

  @Override
  public Done round() throws Exception {
    long full = task.rows() / task.batch();
    if (loads) {
      session.close();
    }

    long start = System.nanoTime();
    if (loads) {
      session = open();
    }

    scoreAll(full);
    return Done.since(start, full * task.batch());
  }

  @Override
  public void close() {
    callers.shutdownNow();
    batches.forEach(OnnxTensor::close);
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("Cannot close the session of " + task.model(), e);
    }
  }

  /** Every caller takes the batches of its own remainder, so that none waits for another. */
  private void scoreAll(long count) throws ExecutionException, InterruptedException {
    List<Callable<Long>> shares = new ArrayList<>();
    for (int caller = 0; caller < task.cores(); caller++) {
      int first = caller;
      shares.add(() -> score(first, count));
    }

    for (Future<Long> share : callers.invokeAll(shares)) {
      share.get();
    }
  }

  private long score(int first, long count) throws OrtException {
    long scored = 0;
    // a whole round scores full batches alone; only the check's last one may be shorter
    int usable = count <= batches.size() ? batches.size() : fullBatches();
    for (long number = first; number < count; number += task.cores()) {
      int batch = (int) (number % usable);
      OnnxTensor input = batches.get(batch);
      int rows = (int) input.getInfo().getShape()[0];
      FloatBuffer place = scores.slice(batch * task.batch(), rows);
      try (OnnxTensor output = OnnxTensor.createTensor(environment, place, new long[] {rows, 1});
          OrtSession.Result result =
              session.run(Map.of("x", input), Set.of(), Map.of("score", output))) {
        scored += result.size() * (long) rows;
      }
    }

    return scored;
  }

  private int fullBatches() {
    return Math.max(1, task.checkRows() / task.batch());
  }

  private OrtSession open() throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      return environment.createSession(task.model(), options);
    }
  }

  private FloatBuffer read() throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(task.checkRows() * task.width() * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN); // of the file, and of every machine we support
    try (FileChannel file = FileChannel.open(Path.of(task.raw()))) {
      while (bytes.hasRemaining() && file.read(bytes) >= 0) {}
    }

    if (bytes.hasRemaining()) {
      throw new IOException(
          "%s is short of %d bytes; delete it to have it made again"
              .formatted(task.raw(), bytes.remaining()));
    }

    return bytes.flip().order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  private static FloatBuffer floats(int count) {
    return ByteBuffer.allocateDirect(count * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }
}
