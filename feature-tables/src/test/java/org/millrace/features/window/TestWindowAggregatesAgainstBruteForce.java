package org.millrace.features.window;

import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.definition.FeatureViewDefinition.Boundary;

/** Thousands of small random cases, as {@link WindowCases} says. */
class TestWindowAggregatesAgainstBruteForce {
  @TempDir Path directory;

  @Test
  void equalsBruteForceOnThousandsOfCases() {
    WindowCases cases = WindowCases.of(directory);
    for (int group = 1; group <= 1500; group++) {
      cases.addRandomCase(group, 6);
    }

    cases.check(Boundary.INCLUSIVE, false);
  }

  @Test
  void equalsBruteForceWithAnExclusiveBoundary() {
    WindowCases cases = WindowCases.of(directory);
    for (int group = 1; group <= 800; group++) {
      cases.addRandomCase(group, 6);
    }

    cases.check(Boundary.EXCLUSIVE, false);
  }

  @Test
  void equalsBruteForceWhereEventsAreKnownWhenTheyHappen() {
    WindowCases cases = WindowCases.of(directory);
    for (int group = 1; group <= 500; group++) {
      cases.addRandomCase(group, 6);
    }

    cases.check(Boundary.EXCLUSIVE, true);
  }

  @Test
  void equalsBruteForceWhereOneKeyHasMostOfTheRows() {
    WindowCases cases = WindowCases.of(directory);
    for (int group = 1; group <= 100; group++) {
      cases.addCase(group, 3, 6, 2);
    }

    cases.addCase(0, 4200, 300, 1); // more rows than a batch
    cases.check(Boundary.INCLUSIVE, false);
  }

  /** The brute force of builds is held to the one of tests, on the same cases. */
  @Test
  void oracleOfBuildsFindsWhatBruteForceFinds() {
    WindowCases cases = WindowCases.of(directory);
    for (int group = 1; group <= 300; group++) {
      cases.addRandomCase(group, 3);
    }

    Dataset<Row> answered =
        new WindowOracle("as_of", List.of(cases.view(Boundary.EXCLUSIVE, false)))
            .enrich(cases.spine());
    cases.zeros = WindowCases.Zeros.ONE; // as in Spark's order
    cases.compare(answered.collectAsList(), Boundary.EXCLUSIVE, false);
  }
}
