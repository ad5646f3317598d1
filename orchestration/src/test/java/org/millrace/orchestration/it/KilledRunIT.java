package org.millrace.orchestration.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * {@code kill -9} of the Spark process within a room, then the same command again. A change of the
 * definitions that changes no row makes the rooms work again on the same data: what an undisturbed
 * run makes is known: the tables of the shared lake.
 */
@Execution(ExecutionMode.CONCURRENT)
class KilledRunIT {
  private static final String FROM = "2013-01-30"; // of the days from the 26th that were published
  private final SharedLake lake = SharedLake.get();
  private final Set<String> views = lake.definitions().views().keySet();
  private final Path copy = lake.copy();
  private final File staging = copy.resolve("staging").toFile();
  private final Path features = copy.resolve("warehouse/features.db");
  private final Path predictions = copy.resolve("warehouse/predictions.db");

  @Test
  void materializesAndValidatesAsIfNothingHadHappened() {
    ConfCopy conf = lake.conf();
    views.forEach(view -> conf.append("features/" + view + ".yaml", "volume: 11\n"));
    List<String> before = SharedLake.commits(features);

    kill(
        "materialize",
        conf,
        "its first file was staged",
        () -> holds(staging, KilledRunIT::isRows));
    assertThat(SharedLake.commits(features)).as("visible").isEqualTo(before);
    kill(
        "materialize",
        conf,
        "its first view was whole",
        () -> holds(staging, KilledRunIT::isManifest));
    assertThat(SharedLake.commits(features)).as("visible").isEqualTo(before);

    finish("materialize", conf);
    assertThat(SharedLake.commits(features)).as("visible").isEqualTo(before);
    kill(
        "validate",
        conf,
        "its first view was visible",
        () -> SharedLake.commits(features).size() > before.size());
    assertSameFeatures();

    finish("validate", conf);
    assertSameFeatures();
    assertThat(SharedLake.commits(features))
        .hasSizeGreaterThanOrEqualTo(before.size() + views.size());
    assertThat(holds(staging, KilledRunIT::isRows)).as("staged rows are left").isFalse();
  }

  private void assertSameFeatures() {
    for (String view : views) {
      String table = "features." + view;
      assertThat(
              lake.sql()
                  .differences(
                      "SELECT * FROM " + SqlService.table(copy, table), "SELECT * FROM " + table))
          .as(table)
          .isZero();
    }
  }

  @Test
  @ResourceLock(value = SharedLake.REGISTRY, mode = ResourceAccessMode.READ)
  void scoresAndPublishesAsIfNothingHadHappened() {
    ConfCopy conf = lake.conf();
    conf.replace("scoring/late_flight.yaml", "batch-rows: 4096", "batch-rows: 2048");
    List<String> before = SharedLake.commits(predictions);
    assertThat(before).isNotEmpty();

    kill("score", conf, "its first file was begun", () -> holds(staging, KilledRunIT::isRows));
    assertThat(SharedLake.commits(predictions)).as("visible").isEqualTo(before);
    kill(
        "score",
        conf,
        "its rows were written",
        () -> holds(staging, file -> file.getName().equals("_SUCCESS")));
    assertThat(SharedLake.commits(predictions)).as("visible").isEqualTo(before);

    finish("score", conf);
    assertThat(SharedLake.commits(predictions)).as("visible").isEqualTo(before);
    kill(
        "publish",
        conf,
        "its rows were visible",
        () -> SharedLake.commits(predictions).size() > before.size());
    assertSamePredictions();

    finish("publish", conf);
    assertSamePredictions();
    assertThat(holds(staging, KilledRunIT::isRows)).as("staged rows are left").isFalse();
  }

  private void assertSamePredictions() {
    String table = SqlService.table(copy, "predictions.late_flight");
    String columns = "SELECT flight_id, flight_date, as_of, score, model_version FROM ";
    String undisturbed =
        columns + "late_flight_current WHERE flight_date BETWEEN DATE'%s' AND DATE'2013-01-31'";
    String rows = columns + table + " WHERE superseded_at IS ";
    assertThat(lake.sql().differences(rows + "NULL", undisturbed.formatted("2013-01-26")))
        .as("in force")
        .isZero();
    assertThat(lake.sql().differences(rows + "NOT NULL", undisturbed.formatted(FROM)))
        .as("superseded")
        .isZero();
    assertThat(
            lake.sql()
                .number("SELECT count(*) - count(DISTINCT flight_id, fingerprint) FROM " + table))
        .as("rows that are there twice")
        .isZero();
  }

  private void kill(String verb, ConfCopy conf, String what, BooleanSupplier moment) {
    RunningCommand running = lake.start(copy, arguments(verb, conf));
    running.awaitThat(what, moment);
    FinishedCommand killed = running.killSpark();
    assertThat(killed.exitCode()).as(verb + " when " + what + "\n" + killed).isEqualTo(69);
    assertThat(killed.out())
        .singleElement()
        .asString()
        .contains("\"category\":\"EXTERNAL\"", "its driver was ended by signal 9");
  }

  private void finish(String verb, ConfCopy conf) {
    FinishedCommand finished = lake.run(copy, arguments(verb, conf));
    assertThat(finished.exitCode()).as(verb + "\n" + finished.err()).isZero();
  }

  private static String[] arguments(String verb, ConfCopy conf) {
    return new String[] {verb, "--from", FROM, "--to", "2013-01-31", "--conf", conf.toString()};
  }

  private static boolean isRows(File file) {
    return file.getName().matches("part-.*\\.parquet");
  }

  private static boolean isManifest(File file) {
    return file.getName().equals("_manifest.json");
  }

  /** True where such a file is anywhere below; files may come and go meanwhile. */
  private static boolean holds(File directory, Predicate<File> wanted) {
    File[] files = directory.listFiles();
    if (files == null) {
      return false;
    }

    for (File file : files) {
      if (wanted.test(file) || holds(file, wanted)) {
        return true;
      }
    }

    return false;
  }
}
