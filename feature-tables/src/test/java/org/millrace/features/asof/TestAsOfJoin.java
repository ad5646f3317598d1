package org.millrace.features.asof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.FeatureViewDefinition.Boundary;
import org.millrace.features.testing.TestSpark;

class TestAsOfJoin {
  private static final SparkSession SPARK = TestSpark.session();
  private static final StructType SPINE =
      StructType.fromDDL("id BIGINT, origin STRING, as_of TIMESTAMP, as_told STRING");
  private static final StructType WEATHER =
      StructType.fromDDL(
          "origin STRING, event_timestamp TIMESTAMP, known_at TIMESTAMP, wind DOUBLE, seq INT");

  @Test
  void aCorrectionIsNotSeenBeforeItIsKnown() {
    // the fact of 10:00, known at once, is corrected at 15:00; an older fact arrives even later
    Dataset<Row> weather =
        weather(
            fact("JFK", "10:00", "10:00", 5.0, 1),
            fact("JFK", "10:00", "15:00", 7.0, 2),
            fact("JFK", "09:00", "16:00", 9.0, 3));
    Dataset<Row> spine =
        spine(
            ask(1, "JFK", "09:59"),
            ask(2, "JFK", "10:00"),
            ask(3, "JFK", "14:59"),
            ask(4, "JFK", "15:00"),
            ask(5, "JFK", "17:00"));

    assertThat(winds(AsOfJoin.spine(spine, "as_of").with(view(weather).build())))
        .containsExactly("1 null", "2 5.0", "3 5.0", "4 7.0", "5 7.0");
  }

  @Test
  void anExclusiveBoundaryDoesNotSeeWhatBecomesKnownAtTheAsOfTime() {
    Dataset<Row> weather = weather(fact("JFK", "10:00", "10:00", 5.0, 1));
    Dataset<Row> spine = spine(ask(1, "JFK", "10:00"), ask(2, "JFK", "10:01"));

    AsOfView view = view(weather).boundary(Boundary.EXCLUSIVE).build();

    assertThat(winds(AsOfJoin.spine(spine, "as_of").with(view))).containsExactly("1 null", "2 5.0");
  }

  @Test
  void aFactExactlyAsOldAsTheTtlDoesNotCount() {
    Dataset<Row> weather = weather(fact("JFK", "10:00", "10:00", 5.0, 1));
    Dataset<Row> spine = spine(ask(1, "JFK", "10:59"), ask(2, "JFK", "11:00"));

    AsOfView view = view(weather).ttl(Duration.ofHours(1)).build();

    assertThat(winds(AsOfJoin.spine(spine, "as_of").with(view))).containsExactly("1 5.0", "2 null");
  }

  @Test
  void aNullInTheWinningRowIsNotFilledFromAnOlderOne() {
    Dataset<Row> weather =
        weather(fact("JFK", "10:00", "10:00", 5.0, 1), fact("JFK", "11:00", "11:00", null, 2));

    AsOfJoin.Result joined =
        AsOfJoin.spine(spine(ask(1, "JFK", "12:00")), "as_of").with(view(weather).build()).join();

    assertThat(joined.rows().select("weather__wind").collectAsList().get(0).isNullAt(0)).isTrue();
    assertThat(joined.counts().matched()).isEqualTo(Map.of("weather", 1L));
  }

  @Test
  void aCopyOfThePlanEqualsItSoThatTheOptimiserSettlesAndAnotherJoinDoesNot() {
    AsOfJoin join =
        AsOfJoin.spine(spine(ask(1, "JFK", "11:00")), "as_of")
            .with(view(weather(fact("JFK", "10:00", "10:00", 5.0, 1))).build())
            .strategy(AsOfStrategy.MEMORY);
    AsOfNode node = node(join.apply());

    assertThat(node.withNewChildrenInternal(node.children().toIndexedSeq()))
        .isNotSameAs(node)
        .isEqualTo(node)
        .hasSameHashCodeAs(node);
    assertThat(node(join.apply())).isNotEqualTo(node);
  }

  private static AsOfNode node(Dataset<Row> joined) {
    LogicalPlan plan = joined.queryExecution().analyzed();
    while (!(plan instanceof AsOfNode)) {
      plan = plan.children().head();
    }

    return (AsOfNode) plan;
  }

  @Test
  void everySpineRowComesOutOnceAndIsCounted() {
    Dataset<Row> weather = weather(fact("JFK", "10:00", "10:00", 5.0, 1));
    Dataset<Row> spine =
        spine(
            ask(1, "JFK", "11:00"),
            ask(1, "JFK", "11:00"),
            ask(2, null, "11:00"),
            ask(3, "LGA", "11:00"),
            ask(4, "JFK", null));
    Dataset<Row> towns =
        SPARK.createDataFrame(
            List.of(RowFactory.create(1L, at("08:00"), at("08:00"), "New York")),
            StructType.fromDDL(
                "number BIGINT, event_timestamp TIMESTAMP, known_at TIMESTAMP, town STRING"));

    AsOfJoin.Result joined =
        AsOfJoin.spine(spine, "as_of")
            .with(view(weather).withEventTimestamp().build())
            .with(AsOfView.of("towns", towns).key("number", "id").features("town").build())
            .join();

    assertThat(joined.rows().columns())
        .containsExactly(
            "id",
            "origin",
            "as_of",
            "as_told",
            "weather__wind",
            "weather__event_timestamp",
            "towns__town");
    assertThat(joined.rows().orderBy("id").collectAsList()).hasSize(5);
    assertThat(joined.counts().requireConserved())
        .isEqualTo(new AsOfCounts(5, 5, Map.of("weather", 2L, "towns", 2L)));
  }

  @Test
  void allZerosAreOneKeyAndAllNotANumbersAreOne() {
    StructType spineType = StructType.fromDDL("id BIGINT, x DOUBLE, as_of TIMESTAMP");
    Dataset<Row> spine =
        SPARK.createDataFrame(
            List.of(
                RowFactory.create(1L, -0.0, at("11:00")),
                RowFactory.create(2L, Double.longBitsToDouble(0x7ff8000000000001L), at("11:00")),
                RowFactory.create(3L, 1.5, at("11:00"))),
            spineType);
    Dataset<Row> view =
        SPARK.createDataFrame(
            List.of(
                RowFactory.create(0.0, at("10:00"), "zero"),
                RowFactory.create(Double.NaN, at("10:00"), "nan")),
            StructType.fromDDL("x DOUBLE, t TIMESTAMP, name STRING"));
    AsOfView names = AsOfView.of("n", view).keys("x").times("t", "t").features("name").build();

    for (AsOfStrategy strategy : AsOfStrategy.values()) {
      assertThat(
              AsOfJoin.spine(spine, "as_of")
                  .with(names)
                  .strategy(strategy)
                  .apply()
                  .orderBy("id")
                  .collectAsList()
                  .stream()
                  .map(row -> row.<String>getAs("n__name")))
          .as(strategy.name())
          .containsExactly("zero", "nan", null);
    }
  }

  @Test
  void smallAndLargeViewsOfOneJoinRunInDifferentWaysAndAreCountedTogether() {
    SparkSession spark = SPARK.newSession();
    spark.conf().set(AsOfSizes.BROADCAST_BYTES, "400");
    spark.conf().set(AsOfJoin.STRATEGY, "auto");
    Dataset<Row> spine = spark.createDataFrame(spine(ask(1, "JFK", "11:00")).javaRDD(), SPINE);
    Dataset<Row> few =
        spark.createDataFrame(List.of(fact("JFK", "10:00", "10:00", 5.0, 1)), WEATHER);
    Dataset<Row> many =
        spark.createDataFrame(
            IntStream.range(0, 100)
                .mapToObj(i -> fact("JFK", "09:00", "09:00", 1.0 * i, i))
                .toList(),
            WEATHER);
    AsOfView large = AsOfView.of("many", many).keys("origin").tie("seq").features("wind").build();

    AsOfJoin.Result joined =
        AsOfJoin.spine(spine, "as_of").with(large).with(view(few).build()).join();

    assertThat(joined.rows().queryExecution().executedPlan().toString())
        .contains("AsOfJoin broadcast [weather]", "AsOfJoin buckets=2 [many]");
    assertThat(joined.rows().select("id", "many__wind", "weather__wind").collectAsList())
        .containsExactly(RowFactory.create(1L, 99.0, 5.0));
    assertThat(joined.counts().requireConserved())
        .isEqualTo(new AsOfCounts(1, 1, Map.of("many", 1L, "weather", 1L)));
  }

  @Test
  void anUnknownOrUnfitStrategyIsRefused() {
    SparkSession spark = SPARK.newSession();
    spark.conf().set(AsOfJoin.STRATEGY, "magic");
    Dataset<Row> spine = spark.createDataFrame(List.of(ask(1, "JFK", "11:00")), SPINE);
    AsOfView view = view(weather(fact("JFK", "10:00", "10:00", 5.0, 1))).build();

    assertThatThrownBy(() -> AsOfJoin.spine(spine, "as_of").with(view).join())
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("spark.millrace.asof.strategy is 'magic', not one of [AUTO");
    assertThatThrownBy(
            () ->
                AsOfJoin.spine(spine.orderBy("id"), "as_of")
                    .with(view)
                    .strategy(AsOfStrategy.MEMORY)
                    .join())
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("strategy MEMORY reads its inputs twice");
  }

  @Test
  void lostOrRepeatedRowsAreRefused() {
    assertThatThrownBy(() -> new AsOfCounts(5, 6, Map.of()).requireConserved())
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT))
        .hasMessageContaining("5 spine rows went in and 6 came out");
  }

  private static AsOfView.Builder view(Dataset<Row> weather) {
    return AsOfView.of("weather", weather).keys("origin").tie("seq").features("wind");
  }

  private static List<String> winds(AsOfJoin join) {
    return join.apply().orderBy("id").collectAsList().stream()
        .map(row -> row.getAs("id") + " " + row.getAs("weather__wind"))
        .toList();
  }

  private static Dataset<Row> spine(Row... rows) {
    return SPARK.createDataFrame(List.of(rows), SPINE);
  }

  private static Dataset<Row> weather(Row... rows) {
    return SPARK.createDataFrame(List.of(rows), WEATHER);
  }

  private static Row ask(long id, @Nullable String origin, @Nullable String time) {
    return RowFactory.create(id, origin, time == null ? null : at(time), "at " + time);
  }

  private static Row fact(
      String origin, String event, String known, @Nullable Double wind, int seq) {
    return RowFactory.create(origin, at(event), at(known), wind, seq);
  }

  private static Instant at(String time) {
    return Instant.parse("2013-03-10T" + time + ":00Z");
  }
}
