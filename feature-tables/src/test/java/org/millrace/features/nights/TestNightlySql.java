package org.millrace.features.nights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/** Ranges of nights against one plain query a night. */
@Tag("slow")
class TestNightlySql {
  private static final String EVENTS = "SELECT id, k, at AS known_at FROM events ";
  private static final String GROUPED = "SELECT k, at AS known_at, count(*) AS c FROM events ";

  private static final NightlyCase SPRING =
      new NightlyCase("America/New_York", "2013-03-08", 4, 2880);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT *, at AS known_at FROM events",
        EVENTS,
        EVENTS + "WHERE at >= :from AND at < :to",
        EVENTS + "WHERE at >= :to - INTERVAL 30 HOURS",
        "SELECT k, at AS known_at, sum(n) AS s FROM events GROUP BY k, at",
        "SELECT k, max(at) AS known_at, sum(n) AS s, count(DISTINCT id) AS c FROM events GROUP BY k",
        "SELECT k, max(at) AS known_at, :from AS f, :to AS t FROM events WHERE at < :to GROUP BY k",
        "SELECT k, max(at) AS known_at FROM events GROUP BY k HAVING count(*) > 2",
        "SELECT id, at AS known_at, sum(n) OVER (PARTITION BY k ORDER BY at, id) AS s FROM events",
        "SELECT id, at AS known_at, row_number() OVER (ORDER BY at, id) AS r FROM events WHERE at < :to",
        EVENTS + "UNION ALL SELECT w, k, at + INTERVAL 1 HOUR FROM marks",
        "SELECT k, at AS known_at FROM events UNION SELECT k, at FROM marks",
        "SELECT k, at AS known_at FROM events UNION ALL SELECT k, :from FROM names",
        "SELECT DISTINCT k, date_trunc('DAY', at) AS known_at FROM events",
        "SELECT a.id, b.id AS other, a.at AS known_at FROM events a JOIN events b ON a.k = b.k AND b.at < a.at",
        "SELECT a.id, w, greatest(a.at, b.at) AS known_at FROM events a JOIN marks b USING (k)",
        "SELECT a.id, w, a.at AS known_at FROM events a LEFT JOIN marks b ON a.k = b.k AND b.at BETWEEN :from AND a.at",
        "SELECT a.id, w, b.at AS known_at FROM events a RIGHT JOIN marks b ON a.k = b.k AND b.at < a.at",
        "SELECT id, w, coalesce(a.at, b.at) AS known_at FROM events a FULL JOIN marks b ON a.k = b.k AND a.n = b.w",
        "SELECT n.k, id, coalesce(at, :from) AS known_at FROM names n LEFT JOIN events e ON n.k = e.k",
        "SELECT n.k, id, at AS known_at FROM names n JOIN events e ON n.k = e.k",
        "SELECT k, :from AS known_at FROM names",
        "SELECT k, TIMESTAMP '2013-03-08 12:00:00Z' AS known_at FROM names",
        "SELECT id, tag, at AS known_at FROM events LATERAL VIEW explode(tags) AS tag",
        "WITH g AS ("
            + GROUPED
            + "GROUP BY k, at), h AS (SELECT k, max(c) AS m FROM g GROUP BY k)"
            + " SELECT g.k, known_at, c, m FROM g JOIN h ON g.k = h.k",
        "SELECT k, h AS known_at, count(id) AS c FROM (SELECT explode(sequence(:from, :to, INTERVAL 6 HOURS)) AS h)"
            + " LEFT JOIN events ON at <= h GROUP BY k, h",
        // those that are run night by night
        "SELECT max(at) AS known_at, count(*) AS c FROM events WHERE at < :to",
        EVENTS + "ORDER BY id LIMIT 5",
        EVENTS
            + "WHERE EXISTS (SELECT * FROM marks WHERE marks.k = events.k AND marks.w = events.n)",
        EVENTS + "WHERE n > (SELECT avg(w) FROM marks)",
        EVENTS + "LEFT SEMI JOIN marks ON events.k = marks.k AND n = w",
        "SELECT k, at AS known_at, count(*) AS c FROM events GROUP BY GROUPING SETS ((k, at), (at))",
        "SELECT k, at AS known_at FROM events EXCEPT SELECT k, at FROM marks WHERE w > 1",
        "SELECT id, f, at AS known_at FROM events CROSS JOIN (VALUES (:from)) AS v(f)",
      })
  void aRangeHasTheRowsOfItsNights(String sql) {
    DayRange days = SPRING.days();
    List<String> expected = SPRING.nightAfterNight(sql, 2, days);

    assertThat(NightlyCase.texts(SPRING.nightly(sql, 2, days).kept())).isEqualTo(expected);
    assertThat(inParts(SPRING, sql, 2)).as("in parts").isEqualTo(expected);
    assertThat(expected).isNotEmpty();
  }

  /** Both clock changes, a midnight that did not exist, a date that did not. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "America/New_York 2013-03-08",
        "America/New_York 2013-11-01",
        "America/Sao_Paulo 2013-10-17",
        "Pacific/Apia 2011-12-28",
      })
  void daysOfAZoneMayBeShortLongOrMissing(String zoneAndDay) {
    String[] words = zoneAndDay.split(" ");
    NightlyCase nights = new NightlyCase(words[0], words[1], 5, 1500);
    String sql =
        "SELECT k, at AS known_at, :from AS f, :to AS t, sum(n) OVER (PARTITION BY k ORDER BY at) AS s"
            + " FROM events WHERE at >= :from - INTERVAL 5 HOURS AND at < :to";

    assertThat(NightlyCase.texts(nights.nightly(sql, 1, nights.days()).kept()))
        .isNotEmpty()
        .isEqualTo(nights.nightAfterNight(sql, 1, nights.days()));
  }

  @Test
  void whatTheLookBackDoesNotReachIsRefusedWithTheNumberThatWould() {
    NightlyRows.Reach reach = SPRING.nightly(EVENTS, 0, SPRING.days()).reach();

    assertThat(reach.beyond()).isPositive();
    assertThat(reach.early()).isZero();
    assertThatThrownBy(() -> reach.require("features.e of these days", "view e"))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT))
        .hasMessageMatching(
            "Cannot compute features.e of these days: "
                + reach.beyond()
                + " rows are of a day that the look-back does not reach, such as one of 2013-03-.."
                + " whose source row arrived on 2013-03-..; set 'look-back-days: 2' in view e");
    NightlyRows.Reach reached = SPRING.nightly(EVENTS, 2, SPRING.days()).reach();
    assertThat(reached.beyond()).isZero();
    assertThat(reached.later()).isPositive();
  }

  @Test
  void conditionsOnTheAskedDaysHideNoRowFromThat() {
    for (String sql :
        List.of(
            EVENTS + "WHERE at < :to",
            EVENTS + "WHERE n >= 0 AND at >= :from - INTERVAL 1 HOUR AND at < :to",
            GROUPED + "WHERE at < :to GROUP BY k, at")) {
      NightlyRows.Reach hidden = SPRING.nightly(sql, 1, SPRING.days()).reach();

      assertThat(hidden.neededDays()).as(sql).isEqualTo(2);
      assertThat(hidden.beyond()).as(sql).isPositive();
    }
  }

  @Test
  void aQueryThatCannotBeFollowedIsJudgedByItsNights() {
    String sql = EVENTS + "WHERE n > (SELECT avg(w) FROM marks) - 100";

    assertThat(SPRING.nightly(sql, 1, SPRING.days()).reach().neededDays()).isEqualTo(2);
    assertThat(SPRING.nightly(sql, 2, SPRING.days()).reach().beyond()).isZero();
  }

  @Test
  void rowsOfADayBeforeTheirSourceRowArrivedAreRefused() {
    String sql = "SELECT id, at - INTERVAL 60 HOURS AS known_at FROM events";

    NightlyRows.Reach reach = SPRING.nightly(sql, 3, SPRING.days()).reach();

    assertThat(reach.early()).isPositive();
    assertThatThrownBy(() -> reach.require("features.e of these days", "view e"))
        .hasMessageContaining(
            " rows are of a day before a source row of theirs arrived, such as one of ")
        .hasMessageContaining("; no look-back reaches them: correct known_at or the day in view e");
  }

  /** What a night yields and does not keep, some later night does. */
  @Test
  void rowsInAreRowsKeptAndLater() {
    for (LocalDate night : SPRING.days().days()) {
      NightlyRows rows = SPRING.nightly(EVENTS, 2, DayRange.of(night));
      assertThat(rows.reach().later() + keptOfItsDay(night)).isEqualTo(6);
    }
  }

  private static long keptOfItsDay(LocalDate night) {
    return SPRING
        .nightly(EVENTS + "WHERE day = DATE'" + night + "'", 2, DayRange.of(night))
        .kept()
        .count();
  }

  @Test
  void rowsWithoutADayBelongToTheNightThatFindsThem() {
    String sql = "SELECT id, CASE WHEN id % 2 = 0 THEN at END AS known_at FROM events";

    NightlyRows rows = SPRING.nightly(sql, 2, SPRING.days());

    assertThat(rows.reach().withoutDay()).isEqualTo(12);
    assertThat(rows.kept().where("known_at IS NULL").count()).isEqualTo(12);
  }

  private static List<String> inParts(NightlyCase nights, String sql, int lookBack) {
    SplittableRandom random = new SplittableRandom(sql.hashCode());
    List<Dataset<Row>> parts = new ArrayList<>();
    LocalDate from = nights.days().from();
    while (!from.isAfter(nights.days().to())) {
      LocalDate to = from.plusDays(random.nextInt(3));
      to = to.isAfter(nights.days().to()) ? nights.days().to() : to;
      parts.add(nights.nightly(sql, lookBack, new DayRange(from, to)).kept());
      from = to.plusDays(1);
    }

    return NightlyCase.texts(parts.stream().reduce(Dataset::union).orElseThrow());
  }
}
