package org.millrace.jobs.score.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxJavaType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that is told to stop while its threads score and open models must stop, and not crash. */
class TestJvmEnd {
  private static final int THREADS = 4;
  private static final int ROWS = 2048;

  @TempDir private Path directory;

  @Test
  void endsInPeaceWhileThreadsScore() throws Exception {
    for (int i = 0; i < 3; i++) {
      Path out = directory.resolve("out" + i);
      Process child =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx256m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Scoring.class.getName())
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .start();
      boolean ended = child.waitFor(60, TimeUnit.SECONDS);
      child.destroyForcibly();
      assertThat(ended).as("the JVM ended by itself").isTrue();
      assertThat(child.exitValue()).as(Files.readString(out)).isZero();
      assertThat(Files.readString(out)).contains("stopping").doesNotContain("Cannot hold");
    }

    assertThat(crashReports()).isEmpty();
  }

  private List<Path> crashReports() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.getFileName().toString().startsWith("hs_err")).toList();
    }
  }

  /** The child: scores on several threads, and ends while they do. */
  static final class Scoring {
    private Scoring() {}

    public static void main(String[] args) throws InterruptedException {
      OnnxModel model = OnnxModel.of("matrix", "1", TestModels.matrix(false, new float[200]));
      CountDownLatch scoring = new CountDownLatch(THREADS);
      for (int i = 0; i < THREADS; i++) {
        int number = i;
        Thread thread =
            new Thread(number % 2 == 0 ? () -> score(model, scoring) : () -> open(number, scoring));
        thread.setDaemon(true);
        thread.start();
      }

      // Spark's own hooks hold the JVM in its end for a while: time in which a thread may crash it
      Runtime.getRuntime().addShutdownHook(new Thread(Scoring::linger));
      scoring.await();
      System.out.println("stopping");
      System.exit(0);
    }

    private static void linger() {
      try {
        TimeUnit.MILLISECONDS.sleep(300);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** Opens one new model after the other. */
    private static void open(int number, CountDownLatch scoring) {
      for (int i = 0; ; i++) {
        float[] weights = {number, i};
        OnnxModel model =
            OnnxModel.of("fresh", Integer.toString(i), TestModels.matrix(false, weights));
        SharedSessions.ofThisJvm().lease(model).close();
        scoring.countDown();
      }
    }

    private static void score(OnnxModel model, CountDownLatch scoring) {
      List<InputColumn> columns = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        columns.add(new InputColumn("c" + i, InputColumn.Kind.FLOAT, 0, 0, NullPolicy.nan()));
      }

      InputPlan input = new InputPlan("features", OnnxJavaType.FLOAT, columns, List.of(200L));
      OutputPlan output =
          new OutputPlan(
              "probability",
              "score",
              DataTypes.DoubleType,
              OnnxJavaType.FLOAT,
              null,
              List.of(1L),
              null);
      List<InputBuffer> inputs = List.of(InputBuffer.of(input, ROWS));
      List<OutputColumn> outputs = List.of(new OutputColumn(output, ROWS));
      try (SharedSessions.Lease lease = SharedSessions.ofThisJvm().lease(model);
          OrtEngine engine =
              new OrtEngine(lease.session(), inputs, outputs, ROWS, new ScoringTimes())) {
        while (true) {
          engine.score(ROWS, 0);
          scoring.countDown();
        }
      }
    }
  }
}
