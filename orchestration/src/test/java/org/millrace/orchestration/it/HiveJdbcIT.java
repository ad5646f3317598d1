package org.millrace.orchestration.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.contracts.Json;
import org.millrace.contracts.Outcome;

/** What an analyst sees over Hive JDBC, before and after a nightly job beside the server. */
class HiveJdbcIT {
  private final SharedLake lake = SharedLake.get();
  private final SqlService sql = lake.sql();

  @Test
  void listsAndDescribesTablesAndViewsThroughHivesOwnDriver() throws SQLException {
    assertThat(sql.connection().getMetaData().getDriverVersion()).isEqualTo("2.3.9");
    assertThat(sql.rows("SHOW TABLES"))
        .extracting(row -> row.get(1))
        .contains("late_flight_current", "late_flight_history");
    assertThat(sql.rows("SHOW TABLES IN raw"))
        .extracting(row -> row.get(1))
        .contains("airlines", "airports", "flights", "planes", "weather");

    assertThat(sql.rows("DESCRIBE late_flight_current"))
        .contains(
            List.of("flight_date", "date", "Local day of the question; partition"),
            List.of("score", "double", "Probability that the answer is yes, 0 to 1"),
            List.of(
                "as_of",
                "timestamp",
                "Moment of the question: nothing known later was used, instant"))
        .noneMatch(row -> row.get(0).equals("superseded_at"));
    assertThat(sql.rows("DESCRIBE late_flight_history"))
        .contains(
            List.of(
                "superseded_at",
                "timestamp",
                "When a newer prediction took its place, instant; null while in force"));
    assertThat(sql.rows("DESCRIBE raw.flights"))
        .contains(List.of("departed_at", "timestamp", comment()));
  }

  private static String comment() {
    return "Actual departure, instant; null while unknown or cancelled";
  }

  @Test
  void valuesOfAllTypesComeThroughTheCommandSoThatTheyCanBeReadBack() throws Exception {
    String query =
        """
        -- what a person writes above a query
        SELECT X'00ff' AS bytes, named_struct('a', 1, 'b', X'ff') AS row, map('k', 2.5) AS pairs,
          array(1, NULL) AS many, INTERVAL '1 02:03:04' DAY TO SECOND AS span,
          TIMESTAMP '2024-03-01 05:00:00' AS at, CAST(NULL AS STRING) AS nothing
        """;

    FinishedCommand json = lake.run(lake.path(), "sql", "--json", "-e", query);
    assertThat(json.exitCode()).as(json.err()).isZero();
    assertThat(Json.MAPPER.readTree(json.out().get(0)))
        .isEqualTo(
            Json.MAPPER.readTree(
                """
                    {"bytes": "00FF", "row": {"a": 1, "b": "/w=="}, "pairs": {"k": 2.5},
                     "many": [1, null], "span": "1 02:03:04.000000000",
                     "at": "2024-03-01 05:00:00.0", "nothing": null}
                    """));

    FinishedCommand csv = lake.run(lake.path(), "sql", "--csv", "-e", query);
    assertThat(csv.out())
        .containsExactly(
            "bytes,row,pairs,many,span,at,nothing",
            "00FF,\"{\"\"a\"\":1,\"\"b\"\":\"\"/w==\"\"}\",\"{\"\"k\"\":2.5}\",\"[1,null]\",1 02:03:04.000000000,2024-03-01 05:00:00.0,");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT * FROM nowhere | cannot be found",
        "SELECT missing FROM raw.flights | `missing`",
        "SELEC 1 | SELEC",
        "SELECT assert_true(false, 'this and that') | this and that",
        "SELECT raise_error('before any task') | before any task",
        "SELECT raise_error(concat('of ', flight_id)) FROM raw.flights | of ",
      })
  void whatIsWrongWithAQueryIsSaidInWords(String query, String words) {
    FinishedCommand refused = lake.run(lake.path(), "sql", "-e", query);

    assertThat(refused.exitCode()).as(refused.err()).isEqualTo(64);
    assertThat(refused.err())
        .contains("Cannot run the query: ", words)
        .doesNotContain("Exception", "org.apache", "java.", "\tat ", "__millrace");
  }

  @Test
  void readsOnePartitionForOneDay() {
    String day = "FROM late_flight_current WHERE flight_date = DATE'2013-01-30'";

    assertThat(sql.number("SELECT count(*) " + day))
        .isEqualTo(
            sql.number("SELECT count(*) FROM raw.flights WHERE flight_date = DATE'2013-01-30'"))
        .isGreaterThan(500);
    assertThat(sql.rows("EXPLAIN SELECT score " + day).get(0).get(0))
        .containsPattern("PartitionFilters: \\[[^\\]]*flight_date");
  }

  @Test
  void findsTheLateFlightsOfADayWithTheHighestScoresAndTheirAirlines() {
    List<List<String>> late =
        sql.rows(
            """
            SELECT p.flight_id, a.name, p.score, f.arrival_delay_minutes
            FROM late_flight_current p
            JOIN raw.airlines a ON a.carrier = p.carrier
            JOIN raw.flights f ON f.flight_id = p.flight_id
            WHERE p.flight_date = DATE'2013-01-30' AND f.arrival_delay_minutes > 15
            ORDER BY p.score DESC, p.flight_id
            LIMIT 10
            """);

    assertThat(late).hasSize(10).extracting(row -> row.get(0)).doesNotHaveDuplicates();
    assertThat(late).extracting(row -> row.get(1)).doesNotContain("NULL");
    assertThat(late)
        .extracting(row -> -Double.parseDouble(row.get(2)))
        .isSorted()
        .allSatisfy(score -> assertThat(-score).isBetween(0.0, 1.0));
    assertThat(late)
        .allSatisfy(row -> assertThat(Double.parseDouble(row.get(3))).isGreaterThan(15));
  }

  @Test
  @ResourceLock(value = SharedLake.REGISTRY, mode = ResourceAccessMode.READ)
  @ResourceLock(value = SharedLake.TABLES, mode = ResourceAccessMode.READ_WRITE)
  void showsWhatANightlyJobPublishesWhileTheServerIsUp() {
    SharedLake.Night night = lake.night();

    assertThat(night.rowsBefore()).isZero();
    assertThat(night.score().exitCode()).as(night.score().err()).isZero();
    assertThat(night.publish().exitCode()).as(night.publish().err()).isZero();
    assertThat(night.publish().result().outcome()).isEqualTo(Outcome.DONE);
    String day = " WHERE flight_date = DATE'" + SharedLake.NIGHT + "'";
    long flights = sql.number("SELECT count(*) FROM raw.flights" + day);
    assertThat(flights).isPositive();
    for (String view : List.of("late_flight_current", "late_flight_history")) {
      assertThat(
              sql.rows(
                  "SELECT count(*), count(DISTINCT flight_id), max(run_key) FROM " + view + day))
          .containsExactly(
              List.of("" + flights, "" + flights, "late_flight.score." + SharedLake.NIGHT));
    }

    assertThat(
            sql.number(
                "SELECT count(*) FROM late_flight_current"
                    + " WHERE flight_date BETWEEN DATE'2013-01-26' AND DATE'2013-01-31'"))
        .as("days published before")
        .isEqualTo(lake.built().step("publish").counts().get("rows_out"));
  }
}
