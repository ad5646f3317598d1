package org.millrace.jobs.metastore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.features.lake.Lake;
import org.millrace.features.testing.TestSpark;

/** Names of tables in the session's metastore. */
@Tag("slow")
final class TestMetastore {
  private static final String TABLE = "metastore_test.numbers";

  @TempDir Path folder;
  private final SparkSession spark = TestSpark.session();

  @AfterEach
  void forget() {
    spark.sql("DROP DATABASE IF EXISTS metastore_test CASCADE");
  }

  @Test
  void namesFollowALakeThatWasMoved() throws IOException {
    Lake first = lake("first");
    write(first, 1);
    new Metastore(first).register(List.of(TABLE, "metastore_test.absent"));
    assertThat(named()).isEqualTo(1);
    assertThat(spark.catalog().tableExists("metastore_test.absent")).isFalse();

    Files.move(folder.resolve("first"), folder.resolve("second"));
    Lake second = lake("second");
    write(second, 2);
    new Metastore(second).register(List.of(TABLE));
    assertThat(named()).isEqualTo(2);
    assertThat(spark.sql("SELECT sum(id) FROM " + TABLE + " VERSION AS OF 0").first().getLong(0))
        .isEqualTo(1);
  }

  private Lake lake(String name) {
    return new Lake(spark, folder.resolve(name).toString(), ZoneOffset.UTC);
  }

  private void write(Lake lake, long number) {
    spark
        .range(number, number + 1)
        .write()
        .format("delta")
        .mode("overwrite")
        .save(lake.path(TABLE));
  }

  private long named() {
    List<Row> rows = spark.sql("SELECT id FROM " + TABLE).collectAsList();
    assertThat(rows).hasSize(1);
    return rows.get(0).getLong(0);
  }
}
