package org.millrace.jobs.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.millrace.features.testing.TestSpark;

class TestProbabilityChecks {
  private static final List<String> CLASSES = List.of("a", "b", "c");
  private static final String SOUND = "(DATE'2013-02-01', 0.5D, 'b', array(0.25D, 0.5D, 0.25D))";

  private static List<String> check(String rows) {
    Dataset<Row> staged =
        TestSpark.session()
            .sql("SELECT * FROM VALUES " + rows + " AS t(day, score, predicted, probabilities)");
    return new ProbabilityChecks(CLASSES, "day").check(staged);
  }

  @Test
  void soundRowsBreakNothing() {
    String tie = "(DATE'2013-02-02', 0.5D, 'a', array(0.5D, 0.5D, 0D))";
    String rounded = "(DATE'2013-02-02', 0.5D, 'c', array(0.2505D, 0.25D, 0.5D))";

    assertThat(check(SOUND + ", " + tie + ", " + rounded)).isEmpty();
  }

  @Test
  void whatIsBrokenIsCountedByDay() {
    String two = "(DATE'2013-02-02', 0.5D, 'a', array(0.5D, 0.5D))";
    String none = "(DATE'2013-02-02', 0.5D, 'a', null)";
    String nan = "(DATE'2013-02-03', 0.5D, 'a', array(0.5D, double('NaN'), 0.5D))";
    String negative = "(DATE'2013-02-03', 1.1D, 'a', array(1.1D, -0.1D, 0D))";
    String sum = "(DATE'2013-02-04', 0.5D, 'a', array(0.5D, 0.3D, 0.198D))";
    String other = "(DATE'2013-02-05', 0.5D, 'a', array(0.25D, 0.5D, 0.25D))";
    String score = "(DATE'2013-02-05', 0.4D, 'b', array(0.25D, 0.5D, 0.25D))";

    assertThat(check(String.join(", ", SOUND, two, none, nan, negative, sum, other, score)))
        .contains(
            "2013-02-02: 2 rows do not have a probability for each of 3 classes, allowed 0",
            "2013-02-03: 2 rows have a probability that is null, NaN or outside [0, 1], allowed 0",
            "2013-02-04: 1 rows have probabilities whose sum differs from 1 by more than 0.001,"
                + " allowed 0",
            "2013-02-05: 2 rows have another class or score than the most probable one, allowed 0")
        .noneMatch(failure -> failure.startsWith("2013-02-01"));
  }

  @Test
  void otherTasksHaveNone() {
    Dataset<Row> staged = TestSpark.session().sql("SELECT DATE'2013-02-01' AS day, 7D AS score");

    assertThat(new ProbabilityChecks(List.of(), "day").check(staged)).isEmpty();
  }
}
