package org.millrace.jobs.evaluate;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.testing.TestSpark;

@Tag("slow")
class TestFeatureProfile {
  private static final List<String> NUMERIC = List.of("delay", "engines", "empty");
  private static final List<String> CATEGORICAL = List.of("carrier", "tail");

  private final SparkSession spark = TestSpark.session();

  @Test
  void profilesNumbersByDecile() {
    FeatureProfile profile = FeatureProfile.of(training(), NUMERIC, CATEGORICAL);

    assertThat(profile.rows()).isEqualTo(1000);
    FeatureBins delay = at(profile.numeric(), "delay");
    // of 900 values the decile p lies at position 899 p from 0, between two of them
    List<Double> expected = List.of(90.9, 180.8, 270.7, 360.6, 450.5, 540.4, 630.3, 720.2, 810.1);
    for (int i = 0; i < 9; i++) {
      assertThat(delay.edges().get(i)).isCloseTo(expected.get(i), within(1e-9));
    }

    assertThat(delay.nulls()).isEqualTo(100); // 50 null, 50 NaN
    assertThat(delay.counts())
        .containsExactlyEntriesOf(
            new java.util.TreeMap<>(
                Map.of(
                    "0", 90L, "1", 90L, "2", 90L, "3", 90L, "4", 90L, "5", 90L, "6", 90L, "7", 90L,
                    "8", 90L, "9", 90L)));
    assertThat(delay.shares()).containsEntry("9", 0.09);
    assertThat(delay.nullRate()).isEqualTo(0.1);
  }

  @Test
  void isTheSameHoweverTheRowsArePartitioned() {
    for (long mostRows : new long[] {1_000_000, 250}) { // all of them, and a sample for the deciles
      String profile = FeatureProfile.of(training(), NUMERIC, CATEGORICAL, mostRows).toJson();

      assertThat(
              FeatureProfile.of(training().repartition(5), NUMERIC, CATEGORICAL, mostRows).toJson())
          .isEqualTo(profile);
    }

    FeatureBins sampled =
        at(FeatureProfile.of(training(), NUMERIC, CATEGORICAL, 250).numeric(), "delay");
    assertThat(sampled.counts().values()).allSatisfy(n -> assertThat(n).isBetween(50L, 140L));
    assertThat(sampled.rows()).isEqualTo(1000);
  }

  @Test
  void mergesEqualDecilesAndKeepsAnEmptyNumberAsOneBin() {
    FeatureProfile profile = FeatureProfile.of(training(), NUMERIC, CATEGORICAL);

    assertThat(at(profile.numeric(), "engines").edges()).containsExactly(2.0, 4.0);
    assertThat(at(profile.numeric(), "engines").counts())
        .containsExactlyInAnyOrderEntriesOf(Map.of("0", 750L, "1", 250L, "2", 0L));
    assertThat(at(profile.numeric(), "empty").counts()).isEqualTo(Map.of("0", 0L));
    assertThat(at(profile.numeric(), "empty").nullRate()).isEqualTo(1.0);
  }

  @Test
  void profilesTheFiftyMostFrequentTexts() {
    FeatureProfile profile = FeatureProfile.of(training(), NUMERIC, CATEGORICAL);

    assertThat(at(profile.categorical(), "carrier").counts())
        .containsExactlyEntriesOf(
            new java.util.LinkedHashMap<>(Map.of("UA", 700L))); // the other 300 are null
    assertThat(at(profile.categorical(), "carrier").nulls()).isEqualTo(300);
    FeatureBins tail = at(profile.categorical(), "tail");
    assertThat(tail.counts()).hasSize(50).containsEntry("N0", 10L);
    assertThat(tail.other()).isEqualTo(500);
  }

  @Test
  void survivesJson() {
    FeatureProfile profile = FeatureProfile.of(training(), NUMERIC, CATEGORICAL);

    FeatureProfile read = FeatureProfile.fromJson(profile.toJson());

    assertThat(read.toJson()).isEqualTo(profile.toJson());
    assertThat(MeasureDrift.compare(read, training()))
        .isEqualTo(MeasureDrift.compare(profile, training()));
    assertThatThrownBy(() -> FeatureProfile.fromJson("{\"rows\": \"x\"}"))
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith("Cannot read a feature profile: ");
  }

  @Test
  void findsNoDriftInTheReferenceItself() {
    FeatureProfile profile = FeatureProfile.of(training(), NUMERIC, CATEGORICAL);

    Map<String, Drift> drift = MeasureDrift.compare(profile, training());

    assertThat(drift.keySet()).containsExactly("delay", "engines", "empty", "carrier", "tail");
    assertThat(drift.values())
        .allSatisfy(feature -> assertThat(feature.psi()).isZero())
        .allSatisfy(feature -> assertThat(feature.rows()).isEqualTo(1000));
    assertThat(at(drift, "delay").nullRate()).isEqualTo(0.1);
  }

  @Test
  void measuresDriftByHand() {
    FeatureProfile profile =
        FeatureProfile.of(
            spark.sql("SELECT explode(array('a','a','a','a','a','b','b','b',null,null)) AS c"),
            List.of(),
            List.of("c"));
    Dataset<Row> now = spark.sql("SELECT explode(array('a','b','b','z')) AS c");

    Drift drift = at(MeasureDrift.compare(profile, now), "c");

    // shares of a, b, others, nulls: .5, .3, 0, .2 then; .25, .5, .25, 0 now; an empty one is 1e-4:
    // sum((now - then) * ln(now / then)), worked out in Python
    assertThat(drift.psi()).isCloseTo(3.750101419668634, within(1e-12));
    assertThat(drift.referenceNullRate()).isEqualTo(0.2);
    assertThat(drift.nullRate()).isZero();
    assertThat(drift.rows()).isEqualTo(4);
  }

  @Test
  void measuresEachDayLikeTheDayAlone() {
    FeatureProfile profile = FeatureProfile.of(training(), NUMERIC, CATEGORICAL);
    Dataset<Row> now =
        training().selectExpr("*", "date_add(DATE'2013-12-01', cast(id DIV 400 AS int)) AS day");

    Map<LocalDate, Map<String, FeatureBins>> days = MeasureDrift.countByDay(profile, now, "day");

    assertThat(days).hasSize(3);
    days.forEach(
        (day, counts) ->
            assertThat(MeasureDrift.compareCounts(profile, List.of(counts)))
                .isEqualTo(MeasureDrift.compare(profile, now.where("day = DATE'" + day + "'"))));
    assertThat(at(at(days, LocalDate.of(2013, 12, 3)), "delay").rows()).isEqualTo(200);
    assertThat(MeasureDrift.compareCounts(profile, days.values()))
        .as("all days together are all rows")
        .isEqualTo(MeasureDrift.compare(profile, now));
  }

  @Test
  void chanceIsThatOfPearsonsTest() {
    FeatureBins before = bins(500, 300, 200);

    // two degrees of freedom: the probability is exp(-x / 2); x worked out in Python
    assertThat(Homogeneity.probability(before, bins(50, 50, 20)))
        .isCloseTo(Math.exp(-6.787878787878791 / 2), within(1e-12));
    assertThat(Homogeneity.probability(before, bins(50, 30, 20))).isEqualTo(1);
    assertThat(Homogeneity.probability(before, bins(0, 0, 1)))
        .as("of one row nothing can be told")
        .isEqualTo(1);
  }

  @Test
  void whatFewRowsCanShowByChanceIsNoDrift() {
    // 165 rows that the training set's own distribution gives, in 50 bins: a large index
    FeatureProfile profile =
        FeatureProfile.of(
            spark.range(20_000).selectExpr("concat('c', cast(xxhash64(id) % 40 AS string)) AS c"),
            List.of(),
            List.of("c"));
    Dataset<Row> few =
        spark
            .range(30_000, 30_165)
            .selectExpr("concat('c', cast(xxhash64(id) % 40 AS string)) AS c");

    Drift drift = at(MeasureDrift.compare(profile, few), "c");
    assertThat(drift.psi()).isGreaterThan(0.2);
    assertThat(drift.chance()).isGreaterThan(0.01);
    assertThat(drift.isDrifted(0.2)).isFalse();

    Drift other =
        at(MeasureDrift.compare(profile, few.selectExpr("concat(substr(c, 1, 2), '') AS c")), "c");
    assertThat(other.isDrifted(0.2)).as("other values, in as few rows").isTrue();
  }

  private static FeatureBins bins(long first, long second, long third) {
    return new FeatureBins(List.of(0.0, 1.0), Map.of("0", first, "1", second, "2", third), 0, 0);
  }

  @Test
  void putsValuesOnAnEdgeAndBothZerosBelowIt() {
    FeatureProfile profile =
        new FeatureProfile(
            3,
            Map.of(
                "x", new FeatureBins(List.of(0.0, 1.0), Map.of("0", 1L, "1", 1L, "2", 1L), 0, 0)),
            Map.of());
    Dataset<Row> now =
        spark.sql("SELECT explode(array(-0.0D, 0.0D, 1.0D, 0.5D, double('Infinity'))) AS x");

    Map<Long, FeatureProfile> days =
        FeatureCounts.like(profile, now, org.apache.spark.sql.functions.lit(0L));
    FeatureBins bins = at(at(days, 0L).numeric(), "x");

    assertThat(bins.counts()).isEqualTo(Map.of("0", 2L, "1", 2L, "2", 1L));
  }

  @Test
  void refusesWhatCannotBeProfiled() {
    refused(
        () -> FeatureProfile.of(training().limit(0), NUMERIC, CATEGORICAL),
        "Cannot profile features: there is no row");
    refused(
        () -> FeatureProfile.of(training(), List.of("carrier", "speed"), List.of()),
        "Cannot profile features: column speed is missing from [id, delay, engines, empty, carrier,"
            + " tail]; column carrier is STRING vs a number or BOOLEAN");
    FeatureProfile profile = FeatureProfile.of(training(), NUMERIC, CATEGORICAL);
    refused(
        () -> MeasureDrift.compare(profile, training().limit(0)),
        "Cannot compare features with their reference: there is no row");
    refused(
        () ->
            MeasureDrift.countByDay(
                profile, training().selectExpr("*", "cast(null AS date) AS day"), "day"),
        "Cannot compare features with their reference: 1000 rows have no day");
  }

  private static <K, V> V at(Map<K, V> map, K key) {
    return requireNonNull(map.get(key), () -> "no " + key);
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(MillraceException.class)
        .hasMessage(message)
        .extracting(thrown -> ((MillraceException) thrown).category())
        .isEqualTo(ErrorCategory.DATA_CONTRACT);
  }

  /** 1000 rows: delay 1 to 900 then missing; engines 2 or 4; 100 tails of 10 rows each. */
  private Dataset<Row> training() {
    return spark
        .range(0, 1000, 1, 3)
        .selectExpr(
            "id",
            "CASE WHEN id < 900 THEN double(id + 1) WHEN id < 950 THEN double('NaN') END AS delay",
            "IF(id < 750, 2, 4) AS engines",
            "cast(null AS double) AS empty",
            "IF(id < 700, 'UA', null) AS carrier",
            "concat('N', id % 100) AS tail");
  }
}
