package org.millrace.planning;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Partition;

/** Labels that are known three days after their rows, by a definition of their own. */
final class TestLateLabels extends PlannedPipeline {
  @BeforeEach
  void defineALabel() throws IOException {
    source("outcomes", "day: day\n");
    write(
        "spines/s.yaml",
        """
        spine: s
        description: S
        reads: [raw.events]
        sql: SELECT id, k, as_of, day FROM events
        id: [id]
        columns: [k]
        day: day
        """);
    label(3, "");
    write(
        "training/m.yaml",
        """
        model: m
        spine: s
        label: y
        views: [v]
        numeric: [v__x]
        days: {from: 2013-02-01, to: 2013-02-09}
        major-minor: "1.0"
        """);
    write(
        "gate/m.yaml",
        "model: m\ndays: {from: 2013-02-10, to: 2013-02-12}\nranges: {auc: {min: 0.5}}\n");
    write("monitoring/m.yaml", "model: m\n");
    pipeline = load();
  }

  private void label(int horizonDays, String more) throws IOException {
    write(
        "labels/y.yaml",
        """
        label: y
        description: Y
        reads: [raw.outcomes]
        keys: [id]
        horizon-days: %d
        sql: SELECT id, y, known_at FROM outcomes
        """
                .formatted(horizonDays)
            + more);
  }

  @Test
  void aRunTrainsIfItReachesTheDaysOnWhichTheGatesLabelsAreKnown() {
    assertThat(Split.trains(pipeline, days(1, 14))).isFalse();
    assertThat(Split.trains(pipeline, days(1, 15))).isTrue();
    assertThat(Split.scored(pipeline, days(1, 15))).contains(days(13, 15));
    assertThat(Split.warning(pipeline, days(1, 14)).orElse(""))
        .contains("gate (2013-02-10 to 2013-02-12, whose labels are known on 2013-02-15)");
  }

  @Test
  void theTrainingSetReadsEachDayOfLabelsThatItsRowsMayHave() {
    Recipe recipe = new Recipes(pipeline).trainingSet();

    assertThat(recipe.reads())
        .contains(new Recipe.Days("raw.outcomes", days(1, 15)))
        .as("days whose labels were not known when the gate began are not trained on")
        .noneMatch(read -> read.equals(new Recipe.Days("raw.events", days(7, 7))))
        .contains(
            new Recipe.Days("raw.events", days(6, 6)), new Recipe.Days("raw.events", days(10, 10)));
  }

  @Test
  void predictionsDoNotReadLabelsAndQualityDoes() {
    Recipes recipes = new Recipes(pipeline);
    LocalDate day = days(5, 5).from();

    assertThat(objects(recipes.predictions(day, FIRST))).doesNotContain("raw.outcomes");
    assertThat(recipes.quality(day).reads()).contains(new Recipe.Days("raw.outcomes", days(5, 8)));
    assertThat(PipelineGraph.of(pipeline).downstream("raw.outcomes"))
        .contains("training.m", "monitoring.m_quality")
        .doesNotContain("features.v");
  }

  @Test
  void aDayIsJudgedWhenItsHorizonHasEnded() throws IOException {
    made(days(1, 5));
    assertThat(quality(plan(days(5, 5))))
        .as("1 February cannot be judged: no label of 5 is there")
        .containsExactly("MAKE 2013-02-02");

    label(2, "");
    pipeline = load();
    assertThat(quality(plan(days(4, 5)))).containsExactly("MAKE 2013-02-02_2013-02-03");
  }

  @Test
  void anotherLabelMakesTrainingSetAndQualityAgain() throws IOException {
    made(days(1, 5));
    String before = new Recipes(pipeline).trainingSet().parts().toString();
    label(3, "absent: 0\n");
    pipeline = load();

    assertThat(new Recipes(pipeline).trainingSet().parts().toString()).isNotEqualTo(before);
    assertThat(plan(days(5, 5)).changes())
        .as("nothing was trained yet, so that nothing tells of the former label")
        .isEmpty();
  }

  private void made(DayRange days) {
    run(days);
    for (LocalDate day : days.days()) {
      ledger.make("raw.outcomes", Partition.of(day), "outcomes of " + day, FILES);
      files.put("raw.outcomes " + day, new SourceDays.Read("outcomes of " + day));
    }
  }

  private static List<String> quality(Plan plan) {
    return work(plan).stream()
        .filter(line -> line.startsWith("monitoring.m_quality: "))
        .map(line -> line.replaceFirst("monitoring.m_quality: ", "").replaceFirst(" because.*", ""))
        .toList();
  }

  private static List<String> objects(Recipe recipe) {
    return recipe.reads().stream().map(Recipe::object).toList();
  }
}
