package org.millrace.jobs.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.ingest.IngestSources;
import org.millrace.jobs.materialize.MaterializeFeatures;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.spine.PipelineDirectory;
import org.millrace.jobs.testing.TestRooms;

/** A feature day of many times its usual rows, though its source has no such day. */
@Tag("slow")
class TestValidateVolume {
  private static final RunKey WEEK = TestRooms.key("week", "2013-03-01", "2013-03-07");
  private static final RunKey NEXT = TestRooms.key("next", "2013-03-08", "2013-03-08");

  /** A row a day, and ten on the eighth. */
  private static final String SQL =
      "SELECT k, event_timestamp + make_dt_interval(0, 0, i) AS event_timestamp,"
          + " known_at + make_dt_interval(0, 0, i) AS known_at, n AS c, x AS s FROM events"
          + " LATERAL VIEW explode(sequence(1, if(n = 8, 10, 1))) more AS i";

  @TempDir Path home;

  @Test
  void isRefusedUnlessTheViewSaysThatItIsRight() {
    PipelineDirectory pipeline = new PipelineDirectory(home);
    pipeline.input(
        "events",
        TestSpark.session()
            .sql(
                "SELECT 'k' AS k, at AS event_timestamp, at AS known_at, 1.0D AS x, n,"
                    + " make_date(2013, 3, n) AS day FROM (SELECT CAST(id AS INT) AS n,"
                    + " make_timestamp(2013, 3, CAST(id AS INT), 12, 0, 0, 'America/New_York') AS at"
                    + " FROM range(1, 9))"));
    pipeline.input(
        "asked",
        TestSpark.session().sql("SELECT 1 AS id, 'k' AS k, DATE'2013-03-01' AS day WHERE false"));
    view(pipeline, "");
    for (RunKey key : new RunKey[] {WEEK, NEXT}) {
      TestRooms.run(context(pipeline), key, IngestSources::new);
    }

    stageAndValidate(pipeline, WEEK);

    assertThatThrownBy(() -> stageAndValidate(pipeline, NEXT))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT))
        .hasMessageContaining("TimesUsualVolume < 10.0 (value 10.0")
        .hasMessageContaining(
            "2013-03-08 has 10 rows, at least 10 times the 1 that its days before usually have; if"
                + " that is right, set a larger 'volume' in the view, or 'volume: off'");
    assertThat(context(pipeline).ledger().entries("features.e")).hasSize(7);

    view(pipeline, "volume: off\n");
    assertThat(stageAndValidate(pipeline, NEXT).written()).containsEntry("features.e", 10L);
  }

  private static void view(PipelineDirectory pipeline, String more) {
    pipeline.view(
        "e",
        SQL,
        "features:\n  c: {type: int, description: C}\n  s: {type: double, description: S}\n"
            + more);
    pipeline.view(
        "f",
        "SELECT k, event_timestamp, known_at, x FROM events",
        "features:\n  x: {type: double, description: X}\n");
  }

  private ValidateFeatures.Result stageAndValidate(PipelineDirectory pipeline, RunKey key) {
    TestRooms.run(context(pipeline), key, MaterializeFeatures::new);
    return TestRooms.run(context(pipeline), key, ValidateFeatures::new);
  }

  private JobContext context(PipelineDirectory pipeline) {
    Supplier<ModelRegistry> none =
        () -> {
          throw new IllegalStateException("this test has no registry");
        };
    return TestRooms.context(
        home.resolve("lake"), TestRooms.upToViews(pipeline.definitions()), none);
  }
}
