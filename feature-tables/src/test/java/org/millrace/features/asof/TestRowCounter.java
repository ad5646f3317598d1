package org.millrace.features.asof;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.millrace.features.testing.TestSpark;

class TestRowCounter {
  private static final SparkSession SPARK = TestSpark.session();

  @Test
  void countsOnceThoughActionsAndStagesRunAgain() {
    RowCounter counter = new RowCounter(1);
    Dataset<Row> rows =
        CountRows.in(
            SPARK.range(0, 1000, 1, 7).toDF(),
            when(col("id").lt(10), lit(1L)).otherwise(0L),
            counter);
    assertThat(counter.value()).containsExactly(0, 0);

    rows.write().format("noop").mode("overwrite").save();
    assertThat(counter.value()).containsExactly(1000, 10);

    // a range partitioning samples its input first: the same rows in two stages of one action
    rows.repartitionByRange(3, col("id")).write().format("noop").mode("overwrite").save();
    assertThat(counter.value()).containsExactly(1000, 10);
  }

  @Test
  void aTaskThatRunsAgainReplacesItsCount() {
    RowCounter driver = new RowCounter(0);
    RowCounter attempt = new RowCounter(0);
    CountRows.in(SPARK.range(0, 5, 1, 1).toDF(), lit(0L), attempt)
        .write()
        .format("noop")
        .mode("overwrite")
        .save();

    driver.merge(attempt.copy());
    driver.merge(attempt.copy());

    assertThat(driver.value()).containsExactly(5);
  }

  @Test
  void isZeroWhileSparkIsStillReadingItFromItsBytes() throws Exception {
    RowCounter counter = new RowCounter(0);
    SPARK.sparkContext().register(counter);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(counter);
    }

    // a field of another name is left out, as all are at the moment when the heartbeat may look
    String stream =
        bytes.toString(StandardCharsets.ISO_8859_1).replace("byPartition", "notReadYet_");
    byte[] halfRead = stream.getBytes(StandardCharsets.ISO_8859_1);
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(halfRead))) {
      assertThat(((RowCounter) in.readObject()).isZero()).isTrue();
    }
  }
}
