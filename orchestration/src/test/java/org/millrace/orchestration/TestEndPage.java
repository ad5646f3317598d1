package org.millrace.orchestration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Json;
import org.millrace.planning.ShownDays;

final class TestEndPage {
  private static final JobResult INGEST =
      rows(
          JobResult.done(
                  "loans.ingest.2024-01-01_2024-05-29",
                  "Filled",
                  Map.of("rows_in", 6772L, "rows_refused", 12L),
                  Map.of("raw.loans", "1"),
                  20)
              .withValues(Map.of("refused", "12 rows of raw.loans without a day")),
          Map.of("raw.loans", 6760L));
  private static final JobResult GATE =
      JobResult.done(
              "loans.gate.2024-01-01_2024-05-29",
              "Candidate loans/1: BOOTSTRAP",
              Map.of("rows_in", 1059L),
              Map.of("model.loans", "1"),
              2)
          .withValues(
              Map.of(
                  "verdict", "BOOTSTRAP",
                  "auc", "0.65621",
                  "baseline_auc", "0.6938",
                  "log_loss", "0.6046",
                  "calibration_error", "0.0959",
                  "rows", "1059.0000",
                  "reasons", "auc 0.6562 is at least 0.5"));
  private static final JobResult PUBLISH =
      rows(
          JobResult.done(
              "loans.publish.2024-04-30_2024-05-29", "Published", Map.of(), Map.of(), 11),
          Map.of("predictions.loans", 1356L));
  private static final JobResult MONITOR =
      JobResult.done(
              "loans.monitor.2024-04-30_2024-05-29",
              "Judged 2024-04-18_2024-04-29",
              Map.of("rows_out", 540L),
              Map.of(),
              3)
          .withValues(
              Map.of(
                  "realised_auc", "0.7012", "realised_log_loss", "0.55", "realised_rows", "540"));

  @Test
  void saysWhatWasMadeAndHowGoodTheModelIs() {
    JobResult run =
        JobResult.done("loans.run.2024-01-01_2024-05-29", "Ran", Map.of(), Map.of(), 76.2)
            .withSteps(List.of(INGEST, GATE, PUBLISH, MONITOR));

    assertThat(printed(run))
        .containsSubsequence(
            "loans run of 2024-01-01 to 2024-05-29: done in 1 min 16 s",
            "  made     6,760 rows of raw.loans",
            "           1,356 rows of predictions.loans",
            "  refused  12 of 6,772 rows by ingest: 12 rows of raw.loans without a day",
            "  model    loans/1: BOOTSTRAP",
            "           AUC 0.656 (the baseline's 0.694), log loss 0.605, calibration error 0.096, on"
                + " 1,059 rows that it was not trained on",
            "           auc 0.6562 is at least 0.5",
            "           its baseline, a logistic regression on the same rows, is better: more rows, or"
                + " fewer inputs, may help",
            "  judged   2024-04-18_2024-04-29: AUC 0.701, log loss 0.550 on 540 rows of which"
                + " it is known what came true",
            "  next     bin/millrace sql -e \"SELECT * FROM loans_current LIMIT 10\"");
  }

  @Test
  void saysHowGoodTheChampionIsOnTheSameRows() {
    Map<String, String> values = new HashMap<>(GATE.values());
    values.putAll(Map.of("champion", "7", "champion_auc", "0.64", "champion_log_loss", "0.6123"));

    assertThat(printed(GATE.withValues(values)))
        .contains(
            "           AUC 0.656 (that of champion 7 is 0.640, the baseline's 0.694), log loss 0.605"
                + " (that of champion 7 is 0.612), calibration error 0.096, on 1,059 rows that it was"
                + " not trained on");
  }

  @Test
  void namesTheMetricsOfARegressionAndWhoHasToApprove() {
    JobResult gate =
        GATE.withValues(
            Map.of(
                "verdict", "AWAITS_APPROVAL",
                "rmse", "29.9790",
                "baseline_rmse", "29.6460",
                "mae", "18.0190",
                "bias", "0.2932",
                "rows", "24000",
                "reasons", "rmse 29.979 is at most 60"));

    assertThat(printed(gate))
        .containsSubsequence(
            "  model    loans/1: AWAITS_APPROVAL",
            "           RMSE 29.979 (the baseline's 29.646), MAE 18.019, bias 0.293, on 24,000 rows"
                + " that it was not trained on",
            "           its baseline, a linear regression on the same rows, is better: more rows, or"
                + " fewer inputs, may help",
            "  next     bin/millrace approve loans --why TEXT");
    assertThat(
            printed(
                MONITOR.withValues(
                    Map.of(
                        "realised_rmse",
                        "46.86",
                        "realised_mae",
                        "27.4",
                        "realised_rows",
                        "8710"))))
        .contains(
            "  judged   2024-04-18_2024-04-29: RMSE 46.860, MAE 27.400 on 8,710 rows of which it is"
                + " known what came true");
  }

  @Test
  void namesTheMetricsOfSeveralClasses() {
    JobResult gate =
        GATE.withValues(
            Map.of(
                "verdict", "PASS",
                "macro_f1", "0.5650",
                "baseline_macro_f1", "0.5660",
                "log_loss", "0.8964",
                "accuracy", "0.5833",
                "rows", "60"));

    assertThat(printed(gate))
        .containsSubsequence(
            "           Macro F1 0.565 (the baseline's 0.566), log loss 0.896, accuracy 0.583, on 60"
                + " rows that it was not trained on",
            "           its baseline, a logistic regression on the same rows, is better: more rows,"
                + " or fewer inputs, may help");
    assertThat(
            printed(
                MONITOR.withValues(
                    Map.of(
                        "realised_macro_f1",
                        "0.7463",
                        "realised_log_loss",
                        "0.9913",
                        "realised_rows",
                        "60"))))
        .contains(
            "  judged   2024-04-18_2024-04-29: Macro F1 0.746, log loss 0.991 on 60 rows of which it"
                + " is known what came true");
  }

  @Test
  void aPersonsWordHasNoMetricsAndADryRunIsOne() {
    assertThat(
            printed(
                GATE.withValues(
                    Map.of("verdict", "PASS", "reasons", "approved by ada: looked at it"))))
        .containsSubsequence("  model    loans/1: PASS", "           approved by ada: looked at it")
        .noneMatch(line -> line.contains("unknown"));
    Map<String, String> dry = new HashMap<>(GATE.values());
    dry.put("dry_run", "true");
    assertThat(printed(GATE.withValues(dry)))
        .contains("           this was a dry run: nothing was changed");
  }

  @Test
  void showsWhatMovesAScore(@TempDir Path directory) throws IOException {
    String json =
        """
        {"trees": {"base": 6.8, "raw_score": -9.6704, "background": "training.m@v1", "background_rows": 271470},
         "inputs": [{"column": "minute", "value": "340", "contribution": -15.597},
                    {"column": "seats", "contribution": -0.8734, "view": "plane"}],
         "facts": [{"view": "spine", "table": "raw.flights@v3"},
                   {"view": "plane", "table": "features.plane@v7", "count": 0},
                   {"view": "weather", "table": "features.weather@v2", "count": 1,
                    "oldest": "2013-12-03T09:00:00Z", "newest": "2013-12-03T09:00:00Z",
                    "known_at": "2013-12-03T09:20:00Z"}],
         "notes": ["the definitions were changed since"]}
        """;
    Path file = Files.writeString(directory.resolve("row.json"), json);

    assertThat(ExplanationText.lines(file))
        .containsExactly(
            "    6.8000  expected of any row, by 271,470 rows of training.m@v1",
            "  -15.5970  minute = 340",
            "   -0.8734  seats = missing",
            "   -9.6704  in all",
            "spine from raw.flights@v3",
            "plane from features.plane@v7: no fact",
            "weather from features.weather@v2: 1 fact of 2013-12-03T09:00:00Z, known by"
                + " 2013-12-03T09:20:00Z",
            "note: the definitions were changed since");
    assertThat(ExplanationText.lines(directory.resolve("gone.json")))
        .containsExactly("the explanation is in " + directory.resolve("gone.json"));
  }

  @Test
  void saysWhatAJobFoundThatMakesNothing() {
    assertThat(
            printed(
                JobResult.done("check", "The definitions fit the data", Map.of(), Map.of(), 4.5)))
        .contains("  result   The definitions fit the data");
  }

  @Test
  void saysWhyItFailedAndWhatToDo() {
    JobResult run =
        JobResult.failed(
            "loans.ingest.2024-01-01", ErrorCategory.DATA_CONTRACT, "Cannot fill raw.loans: x", 3);

    assertThat(printed(run))
        .containsExactly(
            "",
            "loans ingest of 2024-01-01: failed with exit code 65 in 3 s",
            "  failed   Cannot fill raw.loans: x",
            "  next     correct the data, or the rule that they break, then run it again");
  }

  @Test
  void holdsBackResultLinesAlone() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (HeldResult held = new HeldResult(out)) {
      held.write("a row\n{\"schema\":2,\"run_key\":\"preview\"}\nanother\n".getBytes(UTF_8));
    }

    assertThat(out.toString(UTF_8)).isEqualTo("a row\nanother\n");
  }

  private static JobResult rows(JobResult of, Map<String, Long> rows) {
    return new JobResult(
        of.runKey(),
        of.attempt(),
        of.outcome(),
        of.exitCode(),
        of.category(),
        of.message(),
        of.counts(),
        rows,
        of.versions(),
        of.values(),
        of.seconds(),
        of.log(),
        of.steps());
  }

  private static List<String> printed(JobResult result) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new EndPage(result, "bin/millrace sql").print(new PrintStream(out, true, UTF_8));
    return out.toString(UTF_8).replaceAll("\u001b\\[[0-9;]*m", "").lines().toList();
  }

  @Test
  void aRollbackShowsItsDaysAsATable() {
    JobResult result =
        JobResult.done(
                "loans.rollback.2024-01-01_2024-05-29",
                "loans/1 would be champion again, not version 2; nothing was changed",
                Map.of(),
                Map.of(),
                3)
            .withValues(
                Map.of(
                    "days",
                    Json.write(
                        List.of(
                            new ShownDays(
                                LocalDate.parse("2024-05-01"),
                                LocalDate.parse("2024-05-28"),
                                Optional.of("2"),
                                1356,
                                Optional.of("1"),
                                1350,
                                false),
                            ShownDays.kept(LocalDate.parse("2024-05-29"), "2", 40)))));

    assertThat(new EndPage(result, "").sections().get("rollback"))
        .containsExactly(
            "loans/1 would be champion again, not version 2",
            "nothing was changed",
            "",
            "days                      count  shown       then        rows then",
            "2024-05-01 to 2024-05-28     28  version 2   version 1   1,350",
            "2024-05-29                    1  version 2   version 2   40, kept: no other version"
                + " published it");
  }
}
