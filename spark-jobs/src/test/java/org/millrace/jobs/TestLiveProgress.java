package org.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.room.Progress.Planned;

/** The live line of a terminal. */
final class TestLiveProgress {
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(shown, true, StandardCharsets.UTF_8);
  private final StageProgress stages = StageProgress.NOTHING;

  @Test
  void aLineHasRoomDaysPartitionsStagesRowsAndTime() {
    StatusLine line =
        new StatusLine(
            12.34,
            "score",
            "predictions.p",
            "2013-12-01",
            3,
            12,
            new StageProgress(8, 2, 0),
            1_234_000,
            65.2);

    assertThat(line.text(200))
        .isEqualTo(
            "   12.3 s  score         predictions.p  2013-12-01  3 of 12 partitions  [####------------] 2/8 tasks  1.2M rows/s  about 1:05 left");
    assertThat(line.text(30)).hasSize(30);
    assertThat(new StatusLine(1, "gate", "", "", 0, 0, StageProgress.NOTHING, 0, -1).text(80))
        .isEqualTo("    1.0 s  gate        ");
  }

  @Test
  void linesComeAboveTheLiveLineAndNothingIsLeftOfItInTheEnd() {
    LiveProgress live = live();
    live.enter("score", "2013-12-01");
    live.draw();
    assertThat(text()).startsWith("\r\u001b[K").endsWith("score         2013-12-01");

    shown.reset();
    live.say("score", "12 rows");
    assertThat(text()).isEqualTo("\r\u001b[Kscore: 12 rows\n");

    live.draw();
    shown.reset();
    live.close();
    assertThat(text()).isEqualTo("\r\u001b[K");
    shown.reset();
    assertThat(live.draw()).isFalse();
    assertThat(text()).isEmpty();
  }

  @Test
  void countsPlannedPartitionsThatAreOnRecord() {
    LiveProgress live = live();
    Map<String, Planned> planned = new LinkedHashMap<>();
    planned.put("ingest", new Planned(Set.of("raw.t"), 4, 10));
    planned.put("publish", new Planned(Set.of("predictions.p"), 6, 300));
    live.plan(planned);
    live.enter("ingest", "d");
    live.draw();
    assertThat(text()).contains("0 of 10 partitions  about 5:10 left");

    for (String day : List.of("d1", "d2", "d3", "d4")) {
      live.made("raw.t", day);
    }

    live.enter("score", "d");
    shown.reset();
    live.draw();
    assertThat(text()).contains("4 of 10 partitions  about 5:00 left");

    live.enter("publish", "d");
    live.work("predictions.p");
    live.made("predictions.p", "d1");
    live.made("predictions.p", "d2");
    live.made("predictions.p", "d2");
    live.made("monitoring.p", "d1");
    shown.reset();
    live.draw();
    assertThat(text()).contains("publish       predictions.p  d  6 of 10 partitions");

    planned.put("publish", new Planned(Set.of("predictions.p"), 6, -1));
    live.plan(planned);
    shown.reset();
    live.draw();
    assertThat(text()).as("another plan").contains("0 of 10 partitions").doesNotContain("left");
  }

  @Test
  void sparksStagesAreSeenWhileTheyRun() throws Exception {
    SparkSession spark = TestSpark.session();
    CompletableFuture<Long> job =
        CompletableFuture.supplyAsync(
            () ->
                spark
                    .range(0, 8, 1, 8)
                    .map(
                        (MapFunction<Long, Long>)
                            id -> {
                              Thread.sleep(300);
                              return id;
                            },
                        Encoders.LONG())
                    .count());
    StageProgress most = StageProgress.NOTHING;
    while (!job.isDone()) {
      StageProgress now = StageProgress.of(spark);
      most = now.tasks() > 0 && now.done() >= most.done() ? now : most;
      Thread.sleep(20);
    }

    assertThat(job.get()).isEqualTo(8);
    assertThat(most.tasks()).isEqualTo(8);
    assertThat(most.done()).isBetween(2, 8);
  }

  private LiveProgress live() {
    return new LiveProgress(
        out, (room, text) -> out.print(room + ": " + text + "\n"), 120, () -> stages);
  }

  private String text() {
    return shown.toString(StandardCharsets.UTF_8);
  }
}
