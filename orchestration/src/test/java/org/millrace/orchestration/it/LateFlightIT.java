package org.millrace.orchestration.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Json;
import org.millrace.contracts.Outcome;
import org.millrace.planning.Plan;

/** The pipeline over January, from raw files to published predictions. */
class LateFlightIT {
  private static final String SCORED = "flight_date BETWEEN DATE'2013-01-26' AND DATE'2013-01-31'";

  private final SharedLake lake = SharedLake.get();

  @Test
  void runsEveryRoomAndPublishesOnePredictionForEachFlight() {
    FinishedCommand built = lake.built();

    assertThat(built.exitCode()).as(built.err()).isZero();
    JobResult result = built.result();
    assertThat(result.outcome()).isEqualTo(Outcome.DONE);
    assertThat(result.runKey()).isEqualTo("late_flight.run.2013-01-01_2013-01-31");
    assertThat(result.steps())
        .extracting(step -> step.runKey().split("\\.", -1)[1])
        .containsExactly(
            "ingest",
            "materialize",
            "validate",
            "training-set",
            "train",
            "gate",
            "score",
            "publish",
            "monitor",
            "report");
    assertThat(result.steps())
        .allSatisfy(step -> assertThat(step.outcome()).isEqualTo(Outcome.DONE));
    assertThat(built.step("gate").values()).containsEntry("verdict", "BOOTSTRAP");
    assertThat(built.step("train").counts()).containsEntry("export_rows_checked", 10_000L);
    assertThat(built.step("training-set").counts().get("oracle_rows")).isBetween(64L, 512L);
    assertThat(built.step("score").counts().get("oracle_rows")).isBetween(64L, 512L);
    assertThat(lake.path().resolve("reports/late_flight.html")).isNotEmptyFile();

    long flights = lake.sql().number("SELECT count(*) FROM raw.flights WHERE " + SCORED);
    assertThat(flights).isGreaterThan(4_000);
    assertThat(built.step("score").counts())
        .containsEntry("rows_in", flights)
        .containsEntry("rows_out", flights)
        .containsEntry("executors", 1L)
        .containsEntry("sessions", 1L);
    assertThat(built.step("publish").counts())
        .containsEntry("rows_out", flights)
        .containsEntry("days", 6L);
    assertThat(
            lake.sql()
                .rows(
                    "SELECT count(*), count(DISTINCT flight_id), min(score) >= 0, max(score) <= 1,"
                        + " min(CAST(model_version AS INT)) FROM late_flight_current WHERE "
                        + SCORED))
        .containsExactly(List.of("" + flights, "" + flights, "true", "true", "1"));
  }

  @Test
  @ResourceLock(value = SharedLake.REGISTRY, mode = ResourceAccessMode.READ)
  @ResourceLock(value = SharedLake.TABLES, mode = ResourceAccessMode.READ)
  void doesNothingWhenItRunsAgain() {
    assertThat(lake.built().exitCode()).isZero();
    lake.sql(); // registers tables and writes none
    List<String> before = SharedLake.commits(lake.path());

    FinishedCommand planned =
        lake.run(
            lake.path(),
            "plan",
            "--from",
            "2013-01-01",
            "--to",
            "2013-01-31",
            "--train-to",
            "2013-01-20",
            "--gate-to",
            "2013-01-25",
            "--conf",
            lake.conf().toString());
    FinishedCommand again = lake.runAgain();

    assertThat(planned.out()).as(planned.err()).contains("Nothing to do: all of it is done.");
    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(again.result().steps())
        .allSatisfy(step -> assertThat(step.outcome()).isEqualTo(Outcome.NOTHING_TO_DO));
    assertThat(again.result().outcome()).isEqualTo(Outcome.NOTHING_TO_DO);
    assertThat(again.result().message()).isEqualTo("All of 2013-01-01_2013-01-31 was done before");
    assertThat(SharedLake.commits(lake.path())).isEqualTo(before).hasSizeGreaterThan(10);
  }

  @Test
  @ResourceLock(value = SharedLake.REGISTRY, mode = ResourceAccessMode.READ)
  void reallyRunsAnOlderDayAgainAfterNewerOnesAndLeavesItsNeighboursAlone() {
    Path copy = lake.copy();
    ConfCopy conf =
        lake.conf()
            .replace(
                "features/origin_weather.yaml",
                "INTERVAL 1 HOUR AS known_at",
                "INTERVAL 60 MINUTES AS known_at");
    Set<String> before = new TreeSet<>(SharedLake.commits(copy));

    String[] day27 = {"--date", "2013-01-27", "--conf", conf + ""};
    Plan plan = plan(copy, day27);
    FinishedCommand again = lake.run(copy, "run", "--date", "2013-01-27", "--conf", conf + "");
    Plan afterwards = plan(copy, day27);

    assertThat(plan.steps())
        // what the copy forgot of the sources' files is compared, and nothing is made of it
        .filteredOn(step -> step.work().stream().anyMatch(work -> work.need() == Plan.Need.MAKE))
        .extracting(Plan.Step::object)
        .containsExactly(weather(), "predictions.late_flight");
    assertThat(plan.champion()).isEqualTo("late_flight/1");
    assertThat(afterwards.isIdle()).as("%s", afterwards).isTrue();

    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(again.step("materialize").rows()).containsOnlyKeys(weather());
    assertThat(again.step("score").outcome()).isEqualTo(Outcome.DONE);
    assertThat(again.step("publish").outcome()).isEqualTo(Outcome.DONE);
    Set<String> added = new TreeSet<>(SharedLake.commits(copy));
    added.removeAll(before);
    assertThat(added)
        .filteredOn(commit -> commit.contains("/features.db/"))
        .singleElement()
        .asString()
        .contains("/origin_weather/");
    assertThat(added).filteredOn(commit -> commit.contains("/predictions.db/")).hasSize(1);

    String now = SqlService.table(copy, "predictions.late_flight");
    String then = now + " VERSION AS OF 1";
    String neighbours = "SELECT * FROM %s WHERE flight_date <> DATE'2013-01-27'";
    assertThat(lake.sql().differences(neighbours.formatted(now), neighbours.formatted(then)))
        .isZero();
    String day =
        "SELECT flight_id, score, model_version FROM %s WHERE flight_date = DATE'2013-01-27'";
    String inForce = day.formatted(now) + " AND superseded_at IS NULL";
    assertThat(lake.sql().differences(inForce, day.formatted(then))).isZero();
    assertThat(
            lake.sql()
                .differences(
                    day.formatted(now) + " AND superseded_at IS NOT NULL", day.formatted(then)))
        .isZero();
    assertThat(
            lake.sql()
                .differences(
                    "SELECT * FROM " + SqlService.table(copy, weather()),
                    "SELECT * FROM " + weather()))
        .isZero();
  }

  private Plan plan(Path ofLake, String... days) {
    List<String> words = new ArrayList<>(List.of("plan", "--json"));
    words.addAll(List.of(days));
    FinishedCommand planned = lake.run(ofLake, words.toArray(String[]::new));
    assertThat(planned.exitCode()).as(planned.err()).isZero();
    return Json.read(planned.out().get(0), Plan.class);
  }

  private static String weather() {
    return "features.origin_weather";
  }
}
