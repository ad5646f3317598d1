package org.millrace.jobs.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.millrace.features.source.KnownDays;
import org.millrace.features.source.RowFacts;
import org.millrace.features.testing.TestSpark;

/** What makes the content hash of a day's rows another one, and what does not. */
class TestSourceFacts {
  @Test
  void theOrderOfRowsAndTheirFilesDoNotCount() {
    Dataset<Row> rows =
        TestSpark.session()
            .range(1000)
            .selectExpr("id", "CAST(id % 7 AS STRING) AS s", "sqrt(id - 500) AS x");

    String hash = hash(rows);

    assertThat(hash(rows.orderBy(functions.desc("id")).repartition(5))).isEqualTo(hash);
    assertThat(hash(rows.select("x", "id", "s"))).as("order of columns").isEqualTo(hash);
    assertThat(hash(rows.where("id <> 17"))).isNotEqualTo(hash);
    assertThat(hash(rows.union(rows.where("id = 17")))).isNotEqualTo(hash);
    assertThat(hash(rows.union(rows))).as("each row twice").isNotEqualTo(hash);
  }

  @Test
  void keysDoNotChangeTheHash() {
    Dataset<Row> rows = TestSpark.session().range(100).selectExpr("id", "id % 3 AS k");

    RowFacts facts = SourceFacts.of(rows, Optional.empty(), List.of("k")).of(KnownDays.WHOLE);

    assertThat(facts.contentHash()).isEqualTo(hash(rows));
    assertThat(facts.rows()).isEqualTo(100);
    assertThat(facts.repeated()).isEqualTo(97);
  }

  @Test
  void aColumnThatIsNullEverywhereDoesNotCount() {
    assertThat(hash("SELECT 1 AS a, CAST(null AS STRING) AS b")).isEqualTo(hash("SELECT 1 AS a"));
  }

  @Test
  void valuesThatDifferHaveOtherHashes() {
    assertThat(
            List.of(
                hash("SELECT 1 AS a, CAST(null AS INT) AS b"),
                hash("SELECT CAST(null AS INT) AS a, 1 AS b"),
                hash("SELECT 1L AS a"),
                hash("SELECT '1' AS a"),
                hash("SELECT X'31' AS a"),
                hash("SELECT 0.0D AS a"),
                hash("SELECT -0.0D AS a"),
                hash("SELECT CAST('NaN' AS DOUBLE) AS a"),
                hash("SELECT 0.0F AS a"),
                hash("SELECT -0.0F AS a"),
                hash("SELECT array(1, null) AS a"),
                hash("SELECT array(null, 1) AS a"),
                hash("SELECT array(1) AS a"),
                hash("SELECT array(0.0D) AS a"),
                hash("SELECT array(-0.0D) AS a"),
                hash("SELECT slice(array(1), 1, 0) AS a"),
                hash("SELECT named_struct('p', 1, 'q', CAST(null AS INT)) AS a"),
                hash("SELECT named_struct('p', CAST(null AS INT), 'q', 1) AS a"),
                hash("SELECT map('p', 1, 'q', 2) AS a"),
                hash("SELECT map('p', 2, 'q', 1) AS a"),
                hash("SELECT array(map('p', array(1))) AS a"),
                hash("SELECT array(map('p', array(2))) AS a"),
                hash("SELECT CAST(null AS INT) AS a")))
        .doesNotHaveDuplicates();
  }

  @Test
  void theOrderOfAMapAndTheBitsOfNanDoNotCount() {
    assertThat(hash("SELECT map('q', 2, 'p', 1) AS a"))
        .isEqualTo(hash("SELECT map('p', 1, 'q', 2) AS a"));
    assertThat(hash("SELECT -CAST('NaN' AS DOUBLE) AS a"))
        .isEqualTo(hash("SELECT CAST('NaN' AS DOUBLE) AS a"));
  }

  private static String hash(String sql) {
    return hash(TestSpark.session().sql(sql));
  }

  private static String hash(Dataset<Row> rows) {
    return SourceFacts.of(rows, Optional.empty(), List.of()).of(KnownDays.WHOLE).contentHash();
  }
}
