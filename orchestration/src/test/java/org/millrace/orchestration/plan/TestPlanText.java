package org.millrace.orchestration.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Json;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.definition.ChangeCategory;
import org.millrace.contracts.definition.DefinitionKey;
import org.millrace.contracts.definition.DefinitionKind;
import org.millrace.planning.DefinitionChange;
import org.millrace.planning.Plan;
import org.millrace.planning.Plan.Need;
import org.millrace.planning.Plan.Step;
import org.millrace.planning.Plan.Work;
import org.millrace.planning.Reason;
import org.millrace.planning.Reason.Kind;

/** How a plan is written as text and as strips. */
class TestPlanText {
  private static final LocalDate FIRST = LocalDate.of(2013, 12, 1);

  private static final Plan PLAN =
      plan(
          List.of(
              new Step(
                  "raw.weather",
                  List.of("ingest"),
                  List.of(),
                  List.of(
                      new Work(
                          "2013-12-03",
                          1,
                          Need.MAKE,
                          List.of(reason(Kind.CHANGED_OUTSIDE, "", "it has 0 rows")),
                          61,
                          1_500_000),
                      new Work(
                          "2013-12-05_2013-12-06",
                          2,
                          Need.COMPARE,
                          List.of(reason(Kind.FILES_CHANGED, "", "")),
                          122,
                          3_000_000)),
                  List.of("2013-12-01_2013-12-02", "2013-12-04", "2013-12-07"),
                  4,
                  -1),
              new Step(
                  "raw.planes", List.of("ingest"), List.of(), List.of(), List.of("whole"), 1, 0),
              new Step(
                  "features.w",
                  List.of("materialize", "validate"),
                  List.of("raw.weather"),
                  List.of(
                      new Work(
                          "2013-12-03_2013-12-04",
                          2,
                          Need.MAKE,
                          List.of(
                              new Reason(
                                  Kind.INPUT_TO_BE_MADE,
                                  "raw.weather",
                                  List.of(DayRange.of(FIRST.plusDays(2))),
                                  "")),
                          1800,
                          900_000),
                      new Work(
                          "2013-12-07",
                          1,
                          Need.BLOCKED,
                          List.of(reason(Kind.NO_CHAMPION, "", "none")),
                          900,
                          450_000)),
                  List.of("2013-12-05_2013-12-06"),
                  2,
                  12.3),
              new Step(
                  "model.m",
                  List.of("train"),
                  List.of(),
                  List.of(
                      new Work(
                          "whole", 1, Need.MAKE, List.of(reason(Kind.NEVER_MADE, "", "")), -1, -1)),
                  List.of(),
                  0,
                  -1)));

  private static Reason reason(Kind kind, String object, String detail) {
    return new Reason(kind, object, List.of(), detail);
  }

  private static Plan plan(List<Step> steps) {
    return new Plan(
        Plan.SCHEMA,
        "late_flight",
        FIRST,
        FIRST.plusDays(6),
        false,
        "late_flight/1",
        Optional.empty(),
        7,
        List.of(),
        List.of(),
        steps,
        Optional.empty(),
        List.of("a note"));
  }

  @Test
  void saysWhatIsToBeDoneAndWhy() {
    assertThat(new PlanText(PLAN, true).lines())
        .containsExactly(
            "late_flight, 2013-12-01 to 2013-12-07: champion late_flight/1",
            "ingest  raw.weather",
            "  make    2013-12-03, 1 day, about 61 rows",
            "          was changed outside: it has 0 rows",
            "  compare 2013-12-05 to 2013-12-06, 2 days, about 122 rows",
            "          files of the source changed: the day is compared first",
            "materialize, validate  features.w",
            "  make    2013-12-03 to 2013-12-04, 2 days, about 1,800 rows",
            "          raw.weather of 2013-12-03 is to be made first",
            "  blocked 2013-12-07, 1 day",
            "          no champion: none",
            "      reads raw.weather",
            "train  model.m",
            "  make    whole",
            "          was never made",
            "done: raw.weather 4, raw.planes 1, features.w 2",
            "expected: about 2.4 MB of data, 13 s beside the start of Spark and the first table",
            "note: a note");
  }

  @Test
  void saysThatNothingIsToBeDone() {
    Plan idle =
        plan(
            List.of(
                new Step(
                    "raw.w",
                    List.of("ingest"),
                    List.of(),
                    List.of(),
                    List.of("2013-12-01_2013-12-07"),
                    7,
                    0)));

    assertThat(new PlanText(idle, false).lines())
        .containsExactly(
            "late_flight, 2013-12-01 to 2013-12-07: champion late_flight/1",
            "Nothing to do: all of it is done.",
            "done: raw.w 7",
            "note: a note");
  }

  @Test
  void showsADayAsACharacter() {
    DayStrips strips = new DayStrips(PLAN, 28, List.of(), List.of());

    assertThat(strips.strips())
        .containsEntry("raw.weather", "##!#==#")
        .containsEntry("raw.planes", "#")
        .containsEntry("features.w", "  ~~##x")
        .containsEntry("model.m", ".");
  }

  @Test
  void showsTheNewestDaysIfThereAreTooMany() {
    DayStrips strips = new DayStrips(PLAN, 3, List.of(), List.of());

    assertThat(strips.shown()).isEqualTo(new DayRange(FIRST.plusDays(4), FIRST.plusDays(6)));
    assertThat(strips.strips())
        .containsEntry("raw.weather", "==#")
        .containsEntry("raw.planes", "#");
  }

  @Test
  void showsUndoneDaysOfRunsThatFailedOrAreAtWork() {
    List<RunKey> atWork = List.of(key("late_flight", "run", 3, 3), key("other", "run", 0, 6));
    List<RunKey> failed =
        List.of(key("late_flight", "materialize", 0, 6), key("late_flight", "ingest", 4, 4));

    assertThat(new DayStrips(PLAN, 28, atWork, failed).strips())
        .containsEntry("raw.weather", "##!#f=#")
        .containsEntry("features.w", "  fr##x")
        .containsEntry("model.m", ".");
  }

  private static RunKey key(String pipeline, String verb, int from, int to) {
    return new RunKey(pipeline, verb, new DayRange(FIRST.plusDays(from), FIRST.plusDays(to)));
  }

  @Test
  void saysWhatChangedAndWhatFollows() {
    DefinitionChange change =
        new DefinitionChange(
            new DefinitionKey(DefinitionKind.VIEW, "w"),
            ChangeCategory.ADDITIVE,
            List.of("+ features.y.type: double"),
            List.of(new DayRange(FIRST, FIRST.plusDays(1)), DayRange.of(FIRST.plusDays(3))),
            List.of("features.w"),
            List.of("raw.planes", "gate.m"));
    Plan changed =
        new Plan(
            Plan.SCHEMA,
            "late_flight",
            FIRST,
            FIRST,
            false,
            "",
            Optional.empty(),
            7,
            List.of(),
            List.of(change),
            PLAN.steps(),
            Optional.empty(),
            List.of());

    assertThat(new PlanText(changed, false).lines())
        .startsWith(
            "late_flight, 2013-12-01: no champion",
            "changed  view w: additive, columns that were there keep their values; what reads only"
                + " these stays",
            "      + features.y.type: double",
            "    made before it: 2013-12-01 to 2013-12-02, ... 2013-12-04, 3 days",
            "    directly: features.w (make 2, blocked 1)",
            "    downstream: raw.planes (stays), gate.m (not in this plan)",
            "ingest  raw.weather");
    assertThat(Json.read(Json.write(changed), Plan.class)).isEqualTo(changed);
    assertThat(Json.write(changed))
        .contains("\"definition\":\"view w\"", "\"category\":\"additive\"");
  }

  @Test
  void saysWhatIsDueAndWhatComesNext() {
    LocalDate last = FIRST.plusDays(6);
    assertThat(next(PLAN, last).lines()).as("nothing was published").isEmpty();

    Plan idle = PLAN.withDue(Optional.of(plan(List.of())));
    assertThat(next(idle, last).lines()).containsExactly("next: 2013-12-08, when it is over");
    assertThat(next(idle, last.plusDays(1)).lines())
        .containsExactly(
            "next: 2013-12-08, which is over; bin/millrace run late_flight --catch-up");

    assertThat(next(PLAN.withDue(Optional.of(PLAN)), last.plusDays(11)).lines())
        .containsExactly(
            "due until 2013-12-07: raw.weather 3, features.w 2, model.m 1;"
                + " bin/millrace run late_flight --catch-up --to 2013-12-07",
            "next: 2013-12-08, and 10 more days until yesterday;"
                + " bin/millrace run late_flight --catch-up");
  }

  private static NextText next(Plan plan, LocalDate yesterday) {
    return new NextText(plan, yesterday, "bin/millrace run late_flight --catch-up");
  }
}
