package org.millrace.features.asof;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.definition.FeatureViewDefinition.Boundary;
import org.millrace.features.testing.TestSpark;

/** A year of facts, 200 a day, in files and row groups that hold some hours or days each. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("slow")
class TestAsOfPushDown {
  private static final int DAYS = 365;
  private static final int FACTS_A_DAY = 200;
  private static final int KEYS = 50;
  private static final Instant NEW_YEAR = Instant.parse("2013-01-01T00:00:00Z");
  private static final StructType SPINE =
      StructType.fromDDL("id BIGINT, k BIGINT, s STRING, n INT, as_of TIMESTAMP");

  @TempDir private static Path directory;
  private final long seed = Long.getLong("millrace.test.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final SparkSession spark = TestSpark.session().newSession();

  @BeforeAll
  void writeTheYear() {
    spark.conf().set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS");
    spark.conf().set(AsOfJoin.STRATEGY, "memory");
    StructType type =
        StructType.fromDDL(
            "k BIGINT, s STRING, n INT, event_timestamp TIMESTAMP, known_at TIMESTAMP, v DOUBLE");
    List<Row> facts = new ArrayList<>();
    for (int i = 0; i < DAYS * FACTS_A_DAY; i++) {
      int key = random.nextInt(KEYS);
      Instant event = NEW_YEAR.plusSeconds(i * 432L);
      @Nullable Instant known =
          random.nextInt(50) == 0 ? null : event.plusSeconds(random.nextInt(100_000));
      facts.add(row(key, random.nextInt(50) == 0 ? null : event, known, 1.0 * i));
    }

    Dataset<Row> year = spark.createDataFrame(facts, type).coalesce(1);
    year.sortWithinPartitions("event_timestamp")
        .write()
        .option("parquet.block.size", "8192")
        .parquet(folder("parquet"));
    year.where("event_timestamp < '2013-01-20' and known_at is not null")
        .write()
        .parquet(folder("january"));
    year.sortWithinPartitions("k", "event_timestamp")
        .write()
        .option("parquet.block.size", "8192")
        .parquet(folder("by-key"));
    year.repartitionByRange(40, col("event_timestamp"))
        .write()
        .format("delta")
        .save(folder("delta"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"parquet", "delta"})
  void aDayOfSpineReadsTheDaysThatItCanSee(String layout) throws TimeoutException {
    Dataset<Row> spine = spine(200, 200, 1, KEYS);
    AsOfView view = view(layout).ttl(Duration.ofDays(7)).build();

    long everything = recordsRead(spine, view, false);
    long some = recordsRead(spine, view, true);

    assertThat(everything).isGreaterThan(DAYS * FACTS_A_DAY); // and some in the second pass
    assertThat(some).isLessThan(everything / 10);
    assertThat(joined(spine, view, true)).isEqualTo(joined(spine, view, false)).hasSize(200);
  }

  @Test
  void withoutATtlTheOldestFactIsFound() {
    Dataset<Row> spine = spine(50, 364, 1, KEYS);
    AsOfView old = view("january").build();

    assertThat(joined(spine, old, true))
        .isEqualTo(joined(spine, old, false))
        .noneMatch(row -> row.endsWith("null"));
    AsOfView all = view("parquet").build();
    assertThat(joined(spine, all, true)).isEqualTo(joined(spine, all, false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"k", "s", "n"})
  void fewKeysReadTheRowGroupsThatHaveThem(String key) throws TimeoutException {
    Dataset<Row> spine = spine(100, 0, DAYS, 2);
    AsOfView view = AsOfView.of("f", rows("by-key")).keys(key).features("v").build();

    long everything = recordsRead(spine, view, false);
    assertThat(recordsRead(spine, view, true)).isLessThan(everything / 5);
    assertThat(joined(spine, view, true)).isEqualTo(joined(spine, view, false));
  }

  @Test
  void aSpineThatAsksForNothingMatchesNothing() {
    Dataset<Row> spine =
        spark.createDataFrame(List.of(RowFactory.create(1L, 1L, "key 1", 1, null)), SPINE);

    assertThat(joined(spine, view("parquet").build(), true)).containsExactly("1 null");
  }

  @Test
  void readsTheSameRowsOfAnyWindow() {
    for (int i = 0; i < 30; i++) {
      int days = 1 + random.nextInt(20);
      Dataset<Row> spine =
          spine(100, random.nextInt(DAYS + 20 - days), days, 1 + random.nextInt(KEYS));
      List<String> layouts = List.of("parquet", "by-key", "delta");
      AsOfView.Builder view =
          AsOfView.of("f", rows(layouts.get(random.nextInt(3)))).features("v").withEventTimestamp();
      view.boundary(random.nextInt(2) == 0 ? Boundary.INCLUSIVE : Boundary.EXCLUSIVE);
      Optional.of(random.nextInt(40))
          .filter(ttl -> ttl > 0)
          .map(Duration::ofHours)
          .ifPresent(view::ttl);
      view.keys(
          List.of(List.of("k"), List.of("s"), List.of("n", "k"), List.of("s", "n"))
              .get(random.nextInt(4))
              .toArray(String[]::new));

      assertThat(joined(spine, view.build(), true))
          .as("seed %d, case %d", seed, i)
          .isEqualTo(joined(spine, view.build(), false));
    }
  }

  private static Row row(int key, @Nullable Instant event, @Nullable Instant known, double value) {
    return RowFactory.create(key - 20L, "key " + key, key - 20, event, known, value);
  }

  /** Questions of some days, all of the first few keys. */
  private Dataset<Row> spine(int rows, int firstDay, int days, int keys) {
    List<Row> asked = new ArrayList<>();
    for (long i = 0; i < rows; i++) {
      int key = random.nextInt(keys);
      Instant asOf =
          NEW_YEAR.plus(Duration.ofDays(firstDay)).plusSeconds(random.nextInt(days * 200) * 432L);
      asked.add(RowFactory.create(i, key - 20L, "key " + key, key - 20, asOf));
    }

    return spark.createDataFrame(asked, SPINE);
  }

  private AsOfView.Builder view(String layout) {
    return AsOfView.of("f", rows(layout)).keys("k").features("v");
  }

  private Dataset<Row> rows(String layout) {
    return spark.read().format(layout.equals("delta") ? "delta" : "parquet").load(folder(layout));
  }

  private static String folder(String layout) {
    return directory.resolve(layout).toString();
  }

  private List<String> joined(Dataset<Row> spine, AsOfView view, boolean pushesDown) {
    spark.conf().set(MemoryJoin.PUSH_DOWN, pushesDown);
    AsOfJoin.Result joined = AsOfJoin.spine(spine, "as_of").with(view).join();
    List<String> rows =
        joined.rows().orderBy("id").collectAsList().stream()
            .map(row -> row.get(0) + " " + row.mkString("|").split("\\|", 6)[5])
            .toList();
    joined.counts().requireConserved();
    return rows;
  }

  /** Records that Spark's scans counted, in both passes. */
  private long recordsRead(Dataset<Row> spine, AsOfView view, boolean pushesDown)
      throws TimeoutException {
    Counting counting = new Counting();
    spark.sparkContext().addSparkListener(counting);
    try {
      joined(spine, view, pushesDown);
      spark.sparkContext().listenerBus().waitUntilEmpty();
      return counting.records.sum();
    } finally {
      spark.sparkContext().removeSparkListener(counting);
    }
  }

  private static final class Counting extends SparkListener {
    private final LongAdder records = new LongAdder();

    @Override
    public void onTaskEnd(SparkListenerTaskEnd ended) {
      records.add(ended.taskMetrics().inputMetrics().recordsRead());
    }
  }
}
