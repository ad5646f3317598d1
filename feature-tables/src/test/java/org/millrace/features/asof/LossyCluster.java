package org.millrace.features.asof;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.TaskContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A driver whose two executors are processes that get killed, and whose disk fails a task's first
 * attempt now and then. Tells a line a case on stderr: {@code case <name>: <what became of it>}.
 */
final class LossyCluster {
  private static final int FILES = 8;

  private final SparkSession spark;
  private final String folder;

  private LossyCluster(SparkSession spark, String folder) {
    this.spark = spark;
    this.folder = folder;
  }

  /** The argument is an empty folder. */
  public static void main(String[] arguments) throws Exception {
    SparkSession spark =
        SparkSession.builder()
            .master("local-cluster[2,1,1024]")
            .config("spark.executor.memory", "1024m")
            .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.locality.wait", "0s")
            .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "4")
            .config("spark.sql.files.openCostInBytes", Long.toString(1L << 40)) // a file a task
            .config("spark.hadoop.fs.faulty.impl", FaultyDisk.class.getName())
            .getOrCreate();
    spark.sparkContext().setLogLevel("ERROR");
    awaitExecutors(spark);
    LossyCluster cluster = new LossyCluster(spark, arguments[0]);
    cluster.write();
    List<String> expected = cluster.joined("file", AsOfStrategy.SORT, -1);
    // where the files are half read, and where what was shuffled or is to be fetched gets lost
    Map<AsOfStrategy, List<Integer>> kills =
        Map.of(
            AsOfStrategy.MEMORY, List.of(11, 20),
            AsOfStrategy.BUCKETS, List.of(2 * FILES - 1),
            AsOfStrategy.BROADCAST, List.of(FILES + 3));
    for (AsOfStrategy strategy : kills.keySet()) {
      tell(strategy + " with a failing disk", cluster.joined("faulty", strategy, -1), expected);
      for (int tasks : kills.getOrDefault(strategy, List.of())) {
        tell(
            strategy + " killed after " + tasks, cluster.joined("file", strategy, tasks), expected);
      }
    }

    spark.stop();
  }

  private static void tell(String name, List<String> rows, List<String> expected) {
    System.err.println("case " + name + ": " + (rows.equals(expected) ? "equal" : "DIFFERENT"));
  }

  private void write() {
    spark
        .range(0, 20_000, 1, FILES)
        .select(
            col("id"),
            expr("id * 7919 % 500").as("k"),
            expr("timestamp_seconds(1700000000 + id * 104729 % 900000)").as("as_of"))
        .write()
        .parquet(folder + "/spine");
    spark
        .range(0, 50_000, 1, FILES)
        .select(
            expr("id * 6007 % 500").as("k"),
            expr("timestamp_seconds(1700000000 + id * 15485863 % 900000)").as("event_timestamp"),
            expr("timestamp_seconds(1700000000 + id * 15485863 % 900000 + id % 5000)")
                .as("known_at"),
            col("id").as("v"),
            expr("concat('fact ', id)").as("w"))
        .write()
        .parquet(folder + "/view");
  }

  /** The joined rows, sorted, and counted; -1 kills nobody, else after so many tasks. */
  private List<String> joined(String scheme, AsOfStrategy strategy, int killAfter)
      throws Exception {
    Dataset<Row> spine = spark.read().parquet(scheme + "://" + folder + "/spine");
    Dataset<Row> facts = spark.read().parquet(scheme + "://" + folder + "/view");
    AsOfView view =
        AsOfView.of("f", facts).keys("k").ttl(Duration.ofDays(4)).features("v", "w").build();
    Killing killing = new Killing(killAfter);
    spark.sparkContext().addSparkListener(killing);
    try {
      AsOfJoin.Result joined = AsOfJoin.spine(spine, "as_of").with(view).strategy(strategy).join();
      List<String> rows =
          joined.rows().collectAsList().stream().map(Row::mkString).sorted().toList();
      AsOfCounts counts = joined.counts().requireConserved();
      spark.sparkContext().listenerBus().waitUntilEmpty();
      if (killAfter >= 0 && !killing.killed) {
        throw new IllegalStateException("nobody was killed: only " + killing.ended + " tasks");
      }

      return Stream.concat(Stream.of(counts.toString()), rows.stream()).toList();
    } finally {
      spark.sparkContext().removeSparkListener(killing);
      awaitExecutors(spark); // a killed one is started anew
    }
  }

  private static void awaitExecutors(SparkSession spark) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (spark.sparkContext().statusTracker().getExecutorInfos().length < 3) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("two executors did not come within a minute");
      }

      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  /** Kills an executor's process once. */
  private static final class Killing extends SparkListener {
    private final int after;
    private final AtomicInteger ended = new AtomicInteger();
    private volatile boolean killed;

    Killing(int after) {
      this.after = after;
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd task) {
      if (ended.incrementAndGet() == after) {
        ProcessHandle.current()
            .children() // they are executors
            .filter(ProcessHandle::isAlive)
            .findFirst()
            .ifPresent(executor -> killed = executor.destroyForcibly());
      }
    }
  }

  /** Files of this machine; the first attempt of every third task cannot read them. */
  public static final class FaultyDisk extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("faulty:///");
    }

    @Override
    public FSDataInputStream open(Path file, int bufferSize) throws IOException {
      TaskContext task = TaskContext.get();
      if (task != null
          && task.attemptNumber() == 0
          && (task.partitionId() + task.stageId()) % 3 == 0) {
        throw new IOException("this disk fails once");
      }

      return super.open(file, bufferSize);
    }
  }
}
