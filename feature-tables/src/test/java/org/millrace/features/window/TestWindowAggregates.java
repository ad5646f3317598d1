package org.millrace.features.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.millrace.features.window.Aggregate.avg;
import static org.millrace.features.window.Aggregate.count;
import static org.millrace.features.window.Aggregate.countDistinct;
import static org.millrace.features.window.Aggregate.last;
import static org.millrace.features.window.Aggregate.max;
import static org.millrace.features.window.Aggregate.quantile;
import static org.millrace.features.window.Aggregate.stddev;
import static org.millrace.features.window.Aggregate.sum;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.FeatureViewDefinition.Boundary;
import org.millrace.features.testing.TestSpark;

class TestWindowAggregates {
  private static final Instant NOON = Instant.parse("2013-06-01T12:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  private final SparkSession spark = TestSpark.session();

  @Test
  void addsColumnsOfAllWindowsAndViewsInOrder() {
    EventWindows delays =
        EventWindows.of("delays", events(at(-30, 10, "AA"), at(-90, 30, "UA"), at(-600, 5, "AA")))
            .keys("origin")
            .time("t")
            .window(HOUR, count(), avg("delay"))
            .window(
                Duration.ofDays(1),
                sum("delay").where("carrier = 'AA'").as("aa_delay"),
                countDistinct("carrier"),
                quantile("delay", 0.5),
                last("delay", 2))
            .build();
    EventWindows latest =
        EventWindows.of("latest", events(at(-1, 7, "DL")))
            .keys("origin")
            .time("t")
            .window(HOUR, max("delay"))
            .build();

    WindowAggregates.Result result =
        WindowAggregates.spine(spine(NOON).drop("note"), "as_of")
            .over(latest)
            .over(delays)
            .aggregate();
    assertThat(result.rows().columns())
        .containsExactly(
            "origin",
            "as_of",
            "latest__delay_max_1h",
            "delays__count_1h",
            "delays__delay_avg_1h",
            "delays__aa_delay_1d",
            "delays__carrier_count_distinct_1d",
            "delays__delay_p50_1d",
            "delays__delay_last2_1d");
    Row row = result.rows().collectAsList().get(0);
    assertThat(row.getInt(2)).isEqualTo(7);
    assertThat(row.getLong(3)).isEqualTo(1);
    assertThat(row.getDouble(4)).isEqualTo(10);
    assertThat(row.getLong(5)).isEqualTo(15);
    assertThat(row.getLong(6)).isEqualTo(2);
    assertThat(row.getInt(7)).isEqualTo(10);
    assertThat(row.getList(8)).isEqualTo(List.of(10, 30));
    assertThat(result.counts().requireConserved().rows()).isEqualTo(1);
  }

  @Test
  void windowEndsWhereItsBoundarySays() {
    Dataset<Row> events = events(at(0, 1, "end"), at(-60, 2, "start"), at(-59, 4, "inside"));
    assertThat(sumOfAnHour(events, Boundary.INCLUSIVE)).isEqualTo(5);
    assertThat(sumOfAnHour(events, Boundary.EXCLUSIVE)).isEqualTo(6);
  }

  private long sumOfAnHour(Dataset<Row> events, Boundary boundary) {
    EventWindows view =
        EventWindows.of("w", events)
            .keys("origin")
            .time("t")
            .boundary(boundary)
            .window(HOUR, sum("delay"))
            .build();
    Row row = WindowAggregates.spine(spine(NOON), "as_of").over(view).apply().head();
    return row.getLong(row.fieldIndex("w__delay_sum_1h"));
  }

  @Test
  void rowsThatSeeNothingHaveEmptyWindows() {
    EventWindows view =
        EventWindows.of("w", events())
            .keys("origin")
            .time("t")
            .window(HOUR, count(), sum("delay"), stddev("delay"), countDistinct("carrier"))
            .build();
    List<Row> rows =
        WindowAggregates.spine(
                spine(NOON, NOON)
                    .union(spine(NOON).selectExpr("origin", "CAST(NULL AS TIMESTAMP)", "note")),
                "as_of")
            .over(view)
            .apply()
            .collectAsList();
    assertThat(rows).hasSize(3);
    for (Row row : rows) {
      assertThat(row.getLong(3)).isZero();
      assertThat(row.isNullAt(4)).isTrue();
      assertThat(row.isNullAt(5)).isTrue();
      assertThat(row.getLong(6)).isZero();
    }

    EventWindows some =
        EventWindows.of("w", events(at(-1, 1, "AA")))
            .keys("origin")
            .time("t")
            .window(HOUR, count())
            .build();
    WindowAggregates.Result none = WindowAggregates.spine(spine(), "as_of").over(some).aggregate();
    assertThat(none.rows().collectAsList()).isEmpty();
    assertThat(none.counts().requireConserved().spineRows()).isZero();
  }

  @Test
  void planSaysHowItRunsAndReadsOnlyWhatIsAskedFor() {
    EventWindows view =
        EventWindows.of("w", events(at(-1, 1, "AA")))
            .keys("origin")
            .time("t")
            .window(HOUR, count())
            .build();
    String plan =
        WindowAggregates.spine(spine(NOON), "as_of")
            .over(view)
            .apply()
            .queryExecution()
            .explainString(org.apache.spark.sql.execution.ExplainMode.fromString("simple"));
    assertThat(plan).contains("WindowAggregates buckets=");
  }

  @Test
  void sumsThatDoNotFitAreRefused() {
    Dataset<Row> large =
        events(at(-1, 1, "AA"), at(-2, 2, "AA"))
            .selectExpr("origin", "t", "9223372036854775807 AS big");
    EventWindows view =
        EventWindows.of("w", large).keys("origin").time("t").window(HOUR, sum("big")).build();
    Dataset<Row> rows = WindowAggregates.spine(spine(NOON), "as_of").over(view).apply();
    assertThatThrownBy(rows::collectAsList)
        .hasMessageContaining(
            "Cannot compute w__big_sum_1h: a sum of 2 whole numbers does not fit into a BIGINT");
  }

  @Test
  void refusesWhatItCannotAggregate() {
    Dataset<Row> events =
        events(at(-1, 1, "AA")).selectExpr("*", "CAST(1 AS DECIMAL(9, 2)) AS price");
    refuses(
        view(events).window(HOUR, sum("carrier")),
        "Cannot aggregate w: SUM of column 'carrier', which is STRING; take a column of numbers");
    refuses(
        view(events).window(HOUR, sum("price")),
        "Cannot aggregate w: SUM of column 'price', which is DECIMAL(9,2); cast it to DOUBLE, or to"
            + " BIGINT in its smallest unit");
    refuses(
        view(events).window(HOUR, sum("speed")),
        "Cannot aggregate w: there is no column 'speed'; there are origin, t, delay, carrier, price");
    refuses(
        view(events).window(HOUR, count(), count()),
        "Cannot aggregate w: column 'w__count_1h' would appear twice in the output; name an aggregate"
            + " with as(...)");
    refuses(
        view(events).window(HOUR, count().where("delay")),
        "Cannot aggregate w__count_1h: its filter 'delay' is INT; it must be BOOLEAN");
    refuses(view(events).window(HOUR, count().where("delay >")), "filter 'delay >' is not valid:");
    refuses(
        view(events).window(HOUR, count().where("speed > 1")), "filter 'speed > 1' is not valid:");
    refuses(
        EventWindows.of("w", events).key("delay", "origin").time("t").window(HOUR, count()),
        "key 'delay' is INT and 'origin' of the spine is STRING; both must be of one and the same"
            + " atomic type: cast one of them");
    refuses(
        EventWindows.of("w", events).keys("origin").time("delay").window(HOUR, count()),
        "Cannot aggregate w: column 'delay' is INT; it must be TIMESTAMP: cast it");
    assertThatThrownBy(() -> WindowAggregates.spine(spine(NOON), "as_of").aggregate())
        .isInstanceOf(MillraceException.class)
        .hasMessage("Cannot aggregate over windows: no view was given; give one with over(...)");
  }

  @Test
  void readsAggregatesAsPeopleWriteThem() {
    EventWindows view =
        view(events())
            .aggregate("count() over 90m")
            .aggregate(
                " AVG( `delay` ) over 3 hours, 7 days as late where carrier = 'AA' as t > 1 ")
            .aggregate("last(delay, 5) over 30s")
            .aggregate("quantile(delay, 0.9) over 2d where delay > 0")
            .aggregate("count_distinct(carrier) over 48h")
            .build();
    assertThat(view.columns())
        .containsExactly(
            "w__count_90m",
            "w__late_3h",
            "w__late_7d",
            "w__delay_last5_30s",
            "w__delay_p90_2d",
            "w__carrier_count_distinct_2d");
    Aggregate late = view.windows().get(1).aggregates().get(0);
    assertThat(late.filter()).contains("carrier = 'AA' as t > 1");
    refusesText(
        "avg(delay) 3h", "it is not like 'avg(column) over 3h, 7d as name where condition'");
    refusesText("avg() over 3h", "avg needs a column");
    refusesText("median(delay) over 3h", "there is no function median; there are count, sum, avg");
    refusesText("last(delay) over 3h", "last and quantile take a number behind the column");
    refusesText("sum(delay, 3) over 3h", "last and quantile take a number behind the column");
    refusesText("avg(delay) over 3 weeks", "3 weeks is no length of a window such as 90s, 30m, 3h");
  }

  private void refusesText(String text, String message) {
    assertThatThrownBy(() -> view(events()).aggregate(text))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("Cannot aggregate '" + text + "': ")
        .hasMessageContaining(message);
  }

  @Test
  void refusesPartsOfAViewThatMakeNoSense() {
    Stream.of(Duration.ZERO, HOUR.negated(), Duration.ofNanos(1), Duration.ofDays(4_000_000))
        .forEach(
            length ->
                assertThatThrownBy(() -> view(events()).window(length, count()))
                    .isInstanceOf(MillraceException.class)
                    .hasMessageContaining("give a positive number of whole microseconds"));
    assertThatThrownBy(() -> view(events()).window(HOUR))
        .hasMessage("Cannot aggregate a window of PT1H: it has no aggregate; name one");
    assertThatThrownBy(() -> view(events()).build())
        .hasMessage("Cannot aggregate w: it has no window; name at least one");
    assertThatThrownBy(() -> EventWindows.of("w", events()).window(HOUR, count()).build())
        .hasMessage("Cannot aggregate w: it has no key; name at least one");
    assertThatThrownBy(() -> quantile("delay", 1.5))
        .hasMessage(
            "Cannot aggregate a quantile of 'delay': 1.5 is not between 0 and 1 with at most six"
                + " decimals");
    assertThatThrownBy(() -> quantile("delay", Double.NaN)).hasMessageContaining("NaN is not");
    assertThatThrownBy(() -> last("delay", 0))
        .hasMessage("Cannot aggregate the last values of 'delay': 0 is not 1 to 10000");
  }

  private void refuses(EventWindows.Builder view, String message) {
    EventWindows built = view.build();
    assertThatThrownBy(() -> WindowAggregates.spine(spine(NOON), "as_of").over(built).apply())
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DEFINITION))
        .hasMessageContaining(message);
  }

  private static EventWindows.Builder view(Dataset<Row> events) {
    return EventWindows.of("w", events).keys("origin").time("t");
  }

  private static Row at(int minutes, int delay, String carrier) {
    return RowFactory.create("JFK", NOON.plus(Duration.ofMinutes(minutes)), delay, carrier);
  }

  private Dataset<Row> events(Row... rows) {
    return spark.createDataFrame(
        List.of(rows), StructType.fromDDL("origin STRING, t TIMESTAMP, delay INT, carrier STRING"));
  }

  private Dataset<Row> spine(Instant... asOf) {
    return spark.createDataFrame(
        Stream.of(asOf).map(moment -> RowFactory.create("JFK", moment, "note")).toList(),
        StructType.fromDDL("origin STRING, as_of TIMESTAMP, note STRING"));
  }
}
