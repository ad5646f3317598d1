package org.millrace.jobs.failure;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.broadcast;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.spark.SparkException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.lake.TableLog;
import org.millrace.features.testing.TestSpark;

/** Real failures of Spark, Delta and the file system, and what a run's result says of them. */
@Tag("slow")
final class TestEndings {
  private static final CountDownLatch WRITER_STARTED = new CountDownLatch(1);
  private static final CountDownLatch OTHER_COMMITTED = new CountDownLatch(1);

  private final SparkSession spark = TestSpark.session();

  @TempDir private Path directory;

  @Test
  void aTruncatedFileBreaksTheDataContract() throws IOException {
    Path file = parquet("cut", "id");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    deleteChecksums("cut");

    Ending ending = ending(() -> spark.read().parquet(path("cut")).count());

    assertEnding(ending, ErrorCategory.DATA_CONTRACT, 65, file.toString());
    assertThat(ending.sentence()).contains("it is broken or not of its format");
    assertThat(ending.isExpected()).isFalse();
  }

  @Test
  void anEmptyFileBreaksTheDataContract() throws IOException {
    Path file = Files.createDirectories(directory.resolve("zero")).resolve("a.parquet");
    Files.createFile(file);

    Ending ending = ending(() -> spark.read().parquet(path("zero")).count());

    assertEnding(ending, ErrorCategory.DATA_CONTRACT, 65, file.toString());
    assertThat(ending.sentence()).contains("length is too low: 0");
  }

  @Test
  void aFileDamagedInTheMiddleBreaksTheDataContract() throws IOException {
    Path file = parquet("middle", "id");
    byte[] bytes = Files.readAllBytes(file);
    for (int i = 10; i < 200; i++) {
      bytes[i] = (byte) (i * 7);
    }

    Files.write(file, bytes);
    deleteChecksums("middle");

    Ending ending = ending(() -> spark.read().parquet(path("middle")).collectAsList());

    assertEnding(ending, ErrorCategory.DATA_CONTRACT, 65, file.toString());
  }

  @Test
  void brokenOrcJsonAndCsvBreakTheDataContract() throws IOException {
    Path orc = text("orc/a.orc", "this is no ORC file");
    text("json/a.json", "{\"a\": 1}\n{\"a\": \n");
    text("csv/a.csv", "1,2\nx,y,z\n");
    Path zipped = text("zipped/a.csv.gz", "this is no gzip file");

    assertEnding(
        ending(() -> spark.read().schema("a long").orc(path("orc")).collectAsList()),
        ErrorCategory.DATA_CONTRACT,
        65,
        orc.toString());
    assertEnding(
        ending(() -> failFast("a long").json(path("json")).collectAsList()),
        ErrorCategory.DATA_CONTRACT,
        65,
        "CSV or JSON: Unexpected end-of-input");
    assertEnding(
        ending(() -> failFast("a long, b long").csv(path("csv")).collectAsList()),
        ErrorCategory.DATA_CONTRACT,
        65,
        "Malformed CSV record: x,y,z");
    assertEnding(
        ending(() -> spark.read().csv(path("zipped")).collectAsList()),
        ErrorCategory.DATA_CONTRACT,
        65,
        zipped.toString());
  }

  @Test
  void aMissingInputIsAskedForLater() throws IOException {
    Path file = parquet("gone", "id");
    Dataset<Row> rows = spark.read().parquet(path("gone"));
    Files.delete(file);

    assertEnding(ending(rows::collectAsList), ErrorCategory.INPUT_MISSING, 75, file.toString());
    assertEnding(
        ending(() -> spark.read().parquet(path("never")).count()),
        ErrorCategory.INPUT_MISSING,
        75,
        path("never"));
  }

  @Test
  void aStagedFileThatAnotherRunReplacedIsALostRace() throws IOException {
    Path file = parquet("staging/features.view/days", "id");
    Dataset<Row> rows = spark.read().parquet(path("staging/features.view/days"));
    Files.delete(file);

    Ending ending = ending(rows::collectAsList);

    assertEnding(ending, ErrorCategory.BUSY, 75, file.toString());
    Throwable failure = catchThrowable(rows::collectAsList);
    MillraceException rule =
        new MillraceException(
            ErrorCategory.DEFINITION,
            "Cannot use rule IsComplete: it cannot be evaluated: " + failure.getMessage());
    assertEnding(Endings.of(rule), ErrorCategory.BUSY, 75, file.toString());
  }

  @Test
  void aRetypedColumnOfAFileIsNamedWithItsTypes() throws IOException {
    Path file = parquet("retyped", "id");

    Ending ending =
        ending(() -> spark.read().schema("id double").parquet(path("retyped")).collectAsList());

    assertEnding(ending, ErrorCategory.DATA_CONTRACT, 65, "column 'id' of " + file);
    assertThat(ending.sentence()).contains("found INT64, expected double");
  }

  @Test
  void filesThatDisagreeAreNamedByTheirColumn() throws IOException {
    parquet("many/part=1", "id", "1 n");
    parquet("many/part=2", "cast(id as string) id", "1 n");

    Ending ending =
        ending(() -> spark.read().option("mergeSchema", "true").parquet(path("many")).count());

    assertEnding(ending, ErrorCategory.DATA_CONTRACT, 65, "column 'id' is ");
    assertThat(ending.sentence()).contains("bigint").contains("string").doesNotContain("'n'");
  }

  @Test
  void aRetypedColumnIsNotWrittenIntoATable() throws IOException {
    delta("table", "id", "1L distance");

    Ending ending = ending(() -> delta("table", "id", "'far' distance"));

    assertEnding(ending, ErrorCategory.DATA_CONTRACT, 65, "column 'distance'");
    assertThat(ending.sentence()).contains("from long in the table to string in the new rows");
  }

  @Test
  void aNewColumnIsNamedThatATableDoesNotTake() {
    delta("table", "id", "1L distance");

    Ending ending = ending(() -> delta("table", "id", "1L distance", "2 gust"));

    assertEnding(
        ending,
        ErrorCategory.DATA_CONTRACT,
        65,
        "column 'gust' is absent in the table and integer in the rows");
    assertThat(ending.sentence()).doesNotContain("'distance'").doesNotContain("mergeSchema");
  }

  @Test
  void rowsOutsideTheDaysAreRefused() {
    delta("table", "id", "id % 2 part");

    Ending ending =
        ending(
            () ->
                spark
                    .range(4)
                    .selectExpr("id", "id % 2 part")
                    .write()
                    .format("delta")
                    .mode("overwrite")
                    .option("replaceWhere", "part = 0")
                    .save(path("table")));

    assertEnding(ending, ErrorCategory.DATA_CONTRACT, 65, "Cannot replace rows where part = 0");
  }

  @Test
  void aLogWithAHoleIsDamageOfThatTable() throws IOException {
    for (int commit = 0; commit < 3; commit++) {
      delta("holed", "id");
    }

    Files.delete(directory.resolve("holed/_delta_log/00000000000000000001.json"));
    org.apache.spark.sql.delta.DeltaLog.clearCache();

    assertEnding(
        ending(() -> TableLog.of(spark, path("holed")).rows(2)),
        ErrorCategory.DATA_CONTRACT,
        65,
        path("holed/_delta_log"));
    Ending ending = ending(() -> spark.read().format("delta").load(path("holed")).count());
    assertEnding(ending, ErrorCategory.DATA_CONTRACT, 65, "a table: its Delta log is damaged");
    assertThat(ending.sentence())
        .contains("Versions (0, 2) are not contiguous")
        .contains("restore the table from a backup");
  }

  @Test
  void aLogWithoutItsBeginningOrWithABrokenFileIsDamage() throws IOException {
    delta("headless", "id");
    delta("headless", "id");
    Files.delete(directory.resolve("headless/_delta_log/00000000000000000000.json"));
    delta("broken", "id");
    text("broken/_delta_log/00000000000000000000.json", "{\"add\": {\"pa");
    org.apache.spark.sql.delta.DeltaLog.clearCache();

    assertEnding(
        ending(() -> spark.read().format("delta").load(path("headless")).count()),
        ErrorCategory.DATA_CONTRACT,
        65,
        "the table at " + path("headless"));
    assertEnding(
        ending(() -> spark.read().format("delta").load(path("broken")).count()),
        ErrorCategory.DATA_CONTRACT,
        65,
        "the table at " + path("broken"));
  }

  @Test
  void aLostRaceIsBusy() throws Exception {
    spark
        .range(2)
        .selectExpr("id", "id % 2 part")
        .write()
        .format("delta")
        .partitionBy("part")
        .save(path("raced"));
    spark
        .udf()
        .register(
            "wait_for_other",
            (UDF1<Long, Long>)
                value -> {
                  WRITER_STARTED.countDown();
                  OTHER_COMMITTED.await();
                  return value;
                },
            DataTypes.LongType);
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try {
      Future<?> slow =
          pool.submit(
              () ->
                  spark
                      .range(0, 1, 1, 1)
                      .selectExpr("wait_for_other(id) id", "0L part")
                      .write()
                      .format("delta")
                      .mode("overwrite")
                      .option("replaceWhere", "part = 0")
                      .save(path("raced")));
      WRITER_STARTED.await();
      spark
          .range(0, 1, 1, 1)
          .selectExpr("id", "0L part")
          .write()
          .format("delta")
          .mode("append")
          .save(path("raced"));
      OTHER_COMMITTED.countDown();
      Throwable lost = catchThrowable(slow::get);

      assertThat(lost).isInstanceOf(ExecutionException.class);
      Ending ending = Endings.of(lost);
      assertEnding(ending, ErrorCategory.BUSY, 75, "Files were added to partition [part=0]");
      assertThat(ending.sentence()).contains("another run committed the same rows first");
    } finally {
      OTHER_COMMITTED.countDown();
      pool.shutdown();
    }
  }

  @Test
  void aFullDiskIsExternal() {
    spark.sparkContext().hadoopConfiguration().set("fs.full.impl", FullDisk.class.getName());

    Ending ending = ending(() -> spark.range(100).write().parquet("full://" + path("out")));

    assertEnding(ending, ErrorCategory.EXTERNAL, 69, path("out"));
    assertThat(ending.sentence()).contains("no space is left");
  }

  @Test
  void aReadOnlyPlaceIsExternal() {
    assertEnding(
        ending(
            () -> {
              throw new IOException("/lake/x (Read-only file system)");
            }),
        ErrorCategory.EXTERNAL,
        69,
        "the file system is read-only; mount it for writing");
  }

  @Test
  void aPlaceThatTakesNoFilesIsExternal() {
    assertEnding(
        ending(() -> spark.range(4).write().parquet("/proc/millrace")),
        ErrorCategory.EXTERNAL,
        69,
        "/proc/millrace: permission is denied");
    assertEnding(
        ending(() -> spark.range(4).write().format("delta").save("/proc/millrace")),
        ErrorCategory.EXTERNAL,
        69,
        "/proc/millrace");
  }

  @Test
  void aHostThatDoesNotAnswerIsNamed() {
    spark.sparkContext().hadoopConfiguration().set("ipc.client.connect.max.retries", "0");

    assertEnding(
        ending(() -> spark.read().parquet("hdfs://127.0.0.1:1/rows").count()),
        ErrorCategory.EXTERNAL,
        69,
        "Cannot reach localhost:1: Connection refused");
    assertEnding(
        ending(() -> spark.read().parquet("hdfs://no-host.invalid:1/rows").count()),
        ErrorCategory.EXTERNAL,
        69,
        "Cannot reach host no-host.invalid");
  }

  @Test
  void aBroadcastThatTakesTooLongIsNoOtherSystem() {
    spark
        .udf()
        .register(
            "slow",
            (UDF1<Long, Long>)
                value -> {
                  Thread.sleep(3_000);
                  return value;
                },
            DataTypes.LongType);
    Dataset<Row> small = spark.range(1).selectExpr("slow(id) AS id");
    Dataset<Row> joined = spark.range(10).toDF().join(broadcast(small), "id");
    spark.conf().set("spark.sql.adaptive.enabled", "false"); // it waits without a limit
    spark.conf().set("spark.sql.broadcastTimeout", "1");
    try {
      assertEnding(ending(joined::count), ErrorCategory.EXTERNAL, 69, "raise that setting");
    } finally {
      spark.conf().unset("spark.sql.broadcastTimeout");
      spark.conf().unset("spark.sql.adaptive.enabled");
    }
  }

  @Test
  void aStepThatTakesTooLongNamesNoOtherSystem() {
    Ending ending =
        Endings.of(
            new SparkException(
                "Exception thrown in awaitResult",
                new TimeoutException("Futures timed out after [120 seconds]")));

    assertEnding(ending, ErrorCategory.EXTERNAL, 69, "Futures timed out after [120 seconds]");
    assertThat(ending.sentence()).doesNotContain("another system");
  }

  @Test
  void aStorageWithoutItsLibraryIsADefinition() {
    assertEnding(
        ending(() -> spark.read().parquet("s3a://bucket/rows").count()),
        ErrorCategory.DEFINITION,
        64,
        "S3AFileSystem not found");
  }

  @Test
  void ourOwnMessageIsFoundBelowATask() {
    spark
        .udf()
        .register(
            "odd",
            (UDF1<Long, Long>)
                value -> {
                  throw new MillraceException(
                      ErrorCategory.DATA_CONTRACT, "Cannot use row " + value + ": it is odd");
                },
            DataTypes.LongType);

    Ending ending = ending(() -> spark.range(0, 1, 1, 1).selectExpr("odd(id)").collectAsList());

    assertThat(ending)
        .isEqualTo(new Ending(ErrorCategory.DATA_CONTRACT, "Cannot use row 0: it is odd", true));
  }

  @Test
  void ourOwnMessageIsFoundInTextWhereTheThrowableCannotTravel() {
    spark
        .udf()
        .register(
            "unsendable",
            (UDF1<Long, Long>)
                value -> {
                  throw new UnsendableException(
                      new MillraceException(ErrorCategory.EXTERNAL, "Cannot reach it: it is gone"));
                },
            DataTypes.LongType);

    Throwable failure =
        catchThrowable(() -> spark.range(0, 1, 1, 1).selectExpr("unsendable(id)").collectAsList());

    assertThat(failure).isInstanceOf(SparkException.class).hasNoCause();
    assertThat(Endings.of(failure))
        .isEqualTo(new Ending(ErrorCategory.EXTERNAL, "Cannot reach it: it is gone", false));
  }

  @Test
  void valuesThatSqlCannotTakeBreakTheDataContract() {
    spark.conf().set("spark.sql.ansi.enabled", "true");
    try {
      assertEnding(
          ending(() -> spark.range(5).selectExpr("1 / (id - 3)").collectAsList()),
          ErrorCategory.DATA_CONTRACT,
          65,
          "Division by zero in 1 / (id - 3)");
      assertEnding(
          ending(() -> spark.range(5).selectExpr("cast('x' || id as int)").collectAsList()),
          ErrorCategory.DATA_CONTRACT,
          65,
          "cannot be cast to \"INT\"");
    } finally {
      spark.conf().unset("spark.sql.ansi.enabled");
    }

    assertEnding(
        ending(() -> spark.range(5).selectExpr("raise_error('bad ' || id)").collectAsList()),
        ErrorCategory.DATA_CONTRACT,
        65,
        ": bad ");
  }

  @Test
  void sqlThatCannotBeAnalysedIsADefinition() {
    Ending unknown = ending(() -> spark.range(5).selectExpr("idd"));

    assertEnding(unknown, ErrorCategory.DEFINITION, 64, "`idd` cannot be resolved");
    assertThat(unknown.isExpected()).isTrue();
    assertThat(
            ending(() -> spark.range(5).toDF("__millrace_row").selectExpr("1 + array(1)"))
                .sentence())
        .doesNotContain("__millrace");
    assertEnding(
        ending(() -> spark.range(5).toDF("__millrace_row").selectExpr("absent")),
        ErrorCategory.DEFINITION,
        64,
        "an internal column");
    assertEnding(ending(() -> spark.sql("SELEC 1")), ErrorCategory.DEFINITION, 64, "near 'SELEC'");
  }

  @Test
  void memoryThatRanOutNamesTheSetting() {
    assertEnding(
        Endings.of(new SparkException("Job aborted", new OutOfMemoryError("Java heap space"))),
        ErrorCategory.EXTERNAL,
        69,
        "MILLRACE_DRIVER_MEMORY");
    assertEnding(
        Endings.of(
            new SparkException(
                "Job aborted due to stage failure: Total size of serialized results of 3 tasks (4.0"
                    + " KiB) is bigger than spark.driver.maxResultSize 1024.0 B.")),
        ErrorCategory.EXTERNAL,
        69,
        "spark.driver.maxResultSize");
    assertEnding(
        Endings.of(
            new SparkException(
                "Job aborted due to stage failure: Task 0 in stage 1.0 failed 4 times, most recent"
                    + " failure: Lost task 0.3 in stage 1.0 (TID 4) (10.0.0.1 executor 2):"
                    + " ExecutorLostFailure (executor 2 exited caused by one of the running"
                    + " tasks)\nDriver stacktrace:")),
        ErrorCategory.EXTERNAL,
        69,
        "lost its executor");
  }

  @Test
  void allElseIsADefectOfOurs() {
    assertThat(Endings.of(new IllegalStateException("no\nsecond line")))
        .isEqualTo(
            new Ending(
                ErrorCategory.INTERNAL,
                "A defect of Millrace: IllegalStateException: no; report it with its log",
                false));
    assertThat(Endings.of(new NoClassDefFoundError("org/x/Y")).sentence())
        .isEqualTo("A defect of Millrace: NoClassDefFoundError: org/x/Y; report it with its log");
    assertThat(Endings.of(new StackOverflowError()).category()).isEqualTo(ErrorCategory.INTERNAL);
  }

  @Test
  void aCircleOfCausesEnds() {
    RuntimeException first = new RuntimeException("first");
    RuntimeException second = new RuntimeException("second", first);
    first.initCause(second);
    first.addSuppressed(new IOException("No space left on device"));

    assertThat(Endings.of(first).category()).isEqualTo(ErrorCategory.EXTERNAL);
  }

  private static void assertEnding(
      Ending ending, ErrorCategory category, int exitCode, String culprit) {
    assertThat(ending.category()).as(ending.sentence()).isEqualTo(category);
    assertThat(ending.category().exitCode()).isEqualTo(exitCode);
    assertThat(ending.sentence())
        .contains(culprit)
        .startsWith("Cannot ")
        .hasLineCount(1)
        .doesNotContain("at org.apache", "Exception:", "SparkException", "__millrace_")
        .doesNotContainPattern("#\\d");
  }

  private static Ending ending(ThrowingCallable work) {
    return Endings.of(requireNonNull(catchThrowable(work), "nothing failed"));
  }

  private org.apache.spark.sql.DataFrameReader failFast(String schema) {
    return spark.read().schema(schema).option("mode", "FAILFAST");
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private Path text(String name, String content) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    return Files.writeString(file, content);
  }

  /** The one Parquet file of a new directory. */
  private Path parquet(String name, String... columns) throws IOException {
    spark.range(0, 500, 1, 1).selectExpr(columns).write().parquet(path(name));
    try (Stream<Path> files = Files.list(directory.resolve(name))) {
      List<Path> parts = files.filter(file -> file.toString().endsWith(".parquet")).toList();
      assertThat(parts).hasSize(1);
      return parts.get(0);
    }
  }

  private void deleteChecksums(String name) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve(name))) {
      for (Path crc : files.filter(file -> file.toString().endsWith(".crc")).toList()) {
        Files.delete(crc);
      }
    }
  }

  private void delta(String name, String... columns) {
    spark
        .range(0, 3, 1, 1)
        .selectExpr(columns)
        .write()
        .format("delta")
        .mode("append")
        .save(path(name));
  }

  /** Cannot be sent from an executor: it holds what cannot be serialised. */
  private static final class UnsendableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings({"serial", "UnusedVariable"}) // what is tested: it cannot be serialised
    private final Object unserialisable = new Object();

    UnsendableException(Throwable cause) {
      super("wrapped", cause);
    }
  }
}
