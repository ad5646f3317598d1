package org.millrace.features.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.util.Map;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

final class TestSparkSettings {
  private static final String PARTITIONS = "spark.sql.shuffle.partitions";

  @ParameterizedTest
  @ValueSource(strings = {"local", "local[2]", "local[*]", "local[2, 4]"})
  void localModeShufflesIntoTwoPartitionsACore(String master) {
    assertThat(SparkSettings.ofLocalMode(conf(master), 3)).contains(entry(PARTITIONS, "6"));
  }

  @Test
  void localModeFailsATaskWithoutMemoryInsteadOfEndingTheJvm() {
    assertThat(SparkSettings.ofLocalMode(conf("local[2]"), 3))
        .contains(entry("spark.executor.killOnFatalError.depth", "0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"yarn", "spark://host:7077", "local-cluster[2,1,1024]"})
  void clusterKeepsSparksOwnNumber(String master) {
    assertThat(SparkSettings.ofLocalMode(conf(master), 3)).isEmpty();
  }

  @Test
  void whatTheSubmissionSaysWins() {
    assertThat(SparkSettings.ofLocalMode(conf("local[2]").set(PARTITIONS, "77"), 3))
        .doesNotContainKey(PARTITIONS);
  }

  @Test
  void whatRowsDependOnIsNotForDefinitionsToSet() {
    SparkSettings.requireFree(Map.of("spark.executor.memory", "8g"));

    assertThatThrownBy(
            () ->
                SparkSettings.requireFree(
                    Map.of(
                        "spark.sql.session.timeZone", "Asia/Kolkata",
                        "spark.sql.ansi.enabled", "true",
                        "spark.sql.legacy.timeParserPolicy", "LEGACY",
                        "spark.delta.logStore.file.impl", "another",
                        "spark.hadoop.parquet.page.verify-checksum.enabled", "false",
                        "spark.executor.memory", "8g")))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DEFINITION))
        .hasMessage(
            "Cannot use 'spark:' of millrace.yaml: the rows of tables depend on"
                + " spark.delta.logStore.file.impl,"
                + " spark.hadoop.parquet.page.verify-checksum.enabled, spark.sql.ansi.enabled,"
                + " spark.sql.legacy.timeParserPolicy, spark.sql.session.timeZone, and no table"
                + " records how it was set; remove it there");
  }

  @Test
  void whatSqlMeantOnceIsNotForASubmissionToSay() {
    SparkSettings.requireFree(conf("local[2]").set("spark.sql.ansi.enabled", "true"));
    assertThat(SparkSettings.of("warehouse")).containsEntry("spark.sql.ansi.enabled", "false");

    SparkConf legacy = conf("local[2]").set("spark.sql.legacy.timeParserPolicy", "LEGACY");
    assertThatThrownBy(() -> SparkSettings.requireFree(legacy))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DEFINITION))
        .hasMessageContaining("spark-defaults.conf")
        .hasMessageContaining("spark.sql.legacy.timeParserPolicy");
  }

  private static SparkConf conf(String master) {
    return new SparkConf(false).setMaster(master);
  }
}
