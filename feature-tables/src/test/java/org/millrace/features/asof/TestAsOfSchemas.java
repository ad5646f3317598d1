package org.millrace.features.asof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.testing.TestSpark;

class TestAsOfSchemas {
  private static final Dataset<Row> SPINE =
      empty("id BIGINT, origin STRING, w__wind DOUBLE, as_of TIMESTAMP, day DATE");
  private static final Dataset<Row> VIEW =
      empty(
          "origin STRING, number INT, event_timestamp TIMESTAMP, known_at TIMESTAMP, day DATE,"
              + " wind DOUBLE, extra MAP<STRING, STRING>");

  @Test
  void refusesWhatCannotBeJoinedExactly() {
    assertRefused("weather", view -> view.keys("origin").features("extra"))
        .hasMessageContaining("MAP<STRING, STRING>, which has no order");
    assertRefused("weather", view -> view.key("number", "id").features("wind"))
        .hasMessageContaining("'number' is INT and 'id' of the spine is BIGINT");
    assertRefused("weather", view -> view.keys("origin").times("day", "known_at").features("wind"))
        .hasMessageContaining("column 'day' is DATE; it must be TIMESTAMP");
    assertRefused("weather", view -> view.keys("origin").features("gust"))
        .hasMessageContaining("there is no column 'gust'; there are origin, number");
    assertRefused("weather", view -> view.keys("origin", "number").features("wind"))
        .hasMessageContaining("of the spine: there is no column 'number'; there are id, origin");
    assertRefused("w", view -> view.keys("origin").features("wind"))
        .hasMessageContaining("column 'w__wind' would appear twice");
    assertRefused("weather", view -> view.features("wind")).hasMessageContaining("it has no key");
    assertRefused("weather", view -> view.keys("origin")).hasMessageContaining("carries no column");
    assertRefused("weather", view -> view.keys("origin").features("wind").ttl(Duration.ZERO))
        .hasMessageContaining("not a positive number of whole microseconds");
    assertRefused("weather", view -> view.keys("origin").features("wind").ttl(Duration.ofNanos(1)))
        .hasMessageContaining("not a positive number of whole microseconds");
  }

  @Test
  void refusesASpineWithoutAsOfOrViews() {
    AsOfView view = AsOfView.of("weather", VIEW).keys("origin").features("wind").build();

    assertThatThrownBy(() -> AsOfJoin.spine(SPINE, "day").with(view).join())
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot join view weather: of the spine: column 'day' is DATE; it must be TIMESTAMP:"
                + " cast it");
    assertThatThrownBy(() -> AsOfJoin.spine(SPINE, "as_of").join())
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("0 views were given");
    assertThatThrownBy(() -> AsOfJoin.spine(SPINE, "as_of").with(view).with(view).join())
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("column 'weather__wind' would appear twice");
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      String name, UnaryOperator<AsOfView.Builder> parts) {
    return assertThatThrownBy(
            () ->
                AsOfJoin.spine(SPINE, "as_of")
                    .with(parts.apply(AsOfView.of(name, VIEW)).build())
                    .join())
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DEFINITION));
  }

  private static Dataset<Row> empty(String columns) {
    return TestSpark.session().createDataFrame(List.of(), StructType.fromDDL(columns));
  }
}
