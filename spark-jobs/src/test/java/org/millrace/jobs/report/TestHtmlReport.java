package org.millrace.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.GateDecision;
import org.millrace.contracts.GateDecision.Verdict;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Task;
import org.millrace.jobs.report.ReportData.CalibrationBin;
import org.millrace.jobs.report.ReportData.DayQuality;
import org.millrace.jobs.report.ReportData.FeatureDrift;
import org.millrace.jobs.report.ReportData.FeatureImportance;
import org.millrace.jobs.report.ReportData.Lineage;
import org.millrace.jobs.report.ReportData.Lineage.Edge;
import org.millrace.jobs.report.ReportData.Lineage.Kind;
import org.millrace.jobs.report.ReportData.Lineage.Node;
import org.millrace.jobs.report.ReportData.Model;
import org.millrace.jobs.report.ReportData.RocPoint;
import org.millrace.jobs.report.ReportData.ScoreBin;
import org.millrace.jobs.report.ReportData.SliceMetrics;
import org.millrace.jobs.report.ReportData.Step;

@Tag("slow")
class TestHtmlReport {
  @Test
  void saysVerdictAndAucFirst() throws Exception {
    Page page = Page.of(HtmlReport.render(ExampleReport.full()));
    assertThat(page.texts("//h1")).containsExactly("late_flight 3 passed its gate");
    assertThat(page.texts("//li[@class='chip verdict']")).containsExactly("PASS");
    assertThat(page.texts("//p[@class='score']"))
        .containsExactly("0.757AUC, November 2013, held out");
    assertThat(page.texts("//ul[@class='reasons']/li"))
        .hasSize(3)
        .contains("log_loss 0.488 is at most 0.600");
    assertThat(page.texts("//p[@class='eyebrow']"))
        .containsExactly("late_flight · 31 December 2013, 11:12 UTC");
  }

  @Test
  void showsEachPictureWithATitleASentenceALabelAndItsNumbers() throws Exception {
    Page page = Page.of(HtmlReport.render(ExampleReport.full()));
    assertThat(page.texts("//section[figure]/@id"))
        .containsExactly("roc", "calibration", "scores", "days");
    assertThat(page.texts("//section/h2"))
        .containsExactly(
            "Ranking",
            "Calibration",
            "Score distribution",
            "Day by day",
            "Feature importance",
            "Drift",
            "Lineage",
            "Rooms");
    assertThat(page.texts("//section/p[@class='lead'][1]")).hasSize(8).doesNotContain("");
    assertThat(page.texts("//figure/*[@role='img']/@aria-label"))
        .hasSize(4)
        .anyMatch(label -> label.startsWith("Ranking. ") && label.endsWith("AUC 0.757"));
    assertThat(page.texts("//section[@id='days']//tbody/tr")).hasSize(31);
    assertThat(page.texts("//section[@id='days']/p[@class='figure']"))
        .containsExactly("31 days, AUC 0.697 to 0.787, mean 0.744 over 27,176 rows");
    assertThat(page.texts("//section[@id='importance']//li"))
        .hasSize(12)
        .first()
        .isEqualTo("departures_mean_delay_3h26.0 %");
    assertThat(page.texts("//section[@id='drift']//li[@class='marked']/b"))
        .containsExactly("temperature nulls 0.3 % → 0.4 %");
    assertThat(page.texts("//section[@id='lineage']//*[local-name()='g']")).hasSize(13);
    assertThat(page.texts("//section[@id='steps']//li[1]"))
        .containsExactly("ingest 336,776 → 336,776 rows14.2 s");
  }

  @Test
  void drawsInThePagesColoursOnly() throws Exception {
    String html = HtmlReport.render(ExampleReport.full());
    assertThat(html).contains("stroke=\"var(--accent)\"", "prefers-color-scheme: dark");
    for (Ink ink : Ink.values()) {
      assertThat(html)
          .doesNotContain("," + ink.sentinel().getGreen() + "," + ink.sentinel().getBlue());
    }
    assertThat(Page.of(html).texts("//figure//@id")).doesNotHaveDuplicates();
  }

  @Test
  void needsNothingBesideItself() {
    assertThat(HtmlReport.render(ExampleReport.full()))
        .doesNotContain("<script", "<link", "<img", "@import", "url(http", "src=")
        .contains("default-src 'none'");
  }

  @Test
  void escapesEveryText() throws Exception {
    String evil = "<script>alert('x')</script>\"&amp;\u0000";
    String shown = "<script>alert('x')</script>\"&amp;\uFFFD";
    ReportData example = ExampleReport.full();
    String html =
        HtmlReport.render(
            new ReportData(
                evil,
                example.generatedAt(),
                new Model(evil, evil, Optional.of(evil)),
                Optional.of(new GateDecision(Verdict.FAIL, List.of(evil))),
                Task.BINARY,
                List.of(new SliceMetrics(evil, 1, ExampleReport.quality(0.5, 0.5, 0.5))),
                example.roc(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                0,
                List.of(new FeatureImportance(evil, 1)),
                List.of(new FeatureDrift(evil, 1, true, 0, 0)),
                evil,
                0.2,
                new Lineage(
                    List.of(new Node(evil, Kind.TABLE, evil, Optional.of(evil))), List.of()),
                List.of(new Step(evil, 1, 1, 1))));
    assertThat(html).doesNotContain("<script", "alert('x')", "\u0000");
    Page page = Page.of(html);
    assertThat(page.texts("//ul[@class='reasons']/li")).containsExactly(shown);
    assertThat(page.texts("//section[@id='importance']//b")).containsExactly(shown);
    assertThat(page.texts("//section[@id='lineage']//*[local-name()='title']"))
        .containsExactly("table " + shown + " " + shown);
  }

  @Test
  void isWholeOnAPipelinesFirstMorning() throws Exception {
    Page page = Page.of(HtmlReport.render(ExampleReport.empty()));
    assertThat(page.texts("//h1")).containsExactly("late_flight 1 did not pass its gate");
    assertThat(page.texts("//li[@class='chip verdict held']")).containsExactly("FAIL");
    assertThat(page.texts("//p[@class='score']")).containsExactly("–AUC");
    assertThat(page.texts("//p[@class='nothing']"))
        .hasSize(8)
        .contains(
            "Of no day that this version scored both outcomes are known yet.",
            "No lineage was recorded.");
    assertThat(page.texts("//figure")).isEmpty();
  }

  @Test
  void leavesUndefinedNumbersOutOfThePicturesAndShowsThemAsDashes() throws Exception {
    double nan = Double.NaN;
    LocalDate first = LocalDate.of(2013, 12, 1);
    Page page =
        Page.of(
            HtmlReport.render(
                with(
                    List.of(
                        new SliceMetrics(
                            "one class only", 10, ExampleReport.quality(nan, nan, nan))),
                    List.of(new RocPoint(nan, nan), new RocPoint(0, nan)),
                    List.of(new CalibrationBin(nan, nan, 0), new CalibrationBin(0.2, 0.25, 10)),
                    List.of(new ScoreBin(0, 0.5, 0), new ScoreBin(0.5, 1, 10)),
                    List.of(
                        new DayQuality(first, 10, ExampleReport.quality(nan, nan, nan)),
                        new DayQuality(
                            first.plusDays(1),
                            20,
                            ExampleReport.quality(0.75, 0.5, Double.POSITIVE_INFINITY))))));
    assertThat(page.texts("//p[@class='score']")).containsExactly("–AUC, one class only");
    assertThat(page.texts("//section[figure]/@id"))
        .containsExactly("calibration", "scores", "days");
    assertThat(page.texts("//section[@id='days']//tbody/tr[1]/td"))
        .containsExactly("2013-12-01", "10", "–", "–", "–");
    assertThat(page.texts("//section[@id='days']/p[@class='figure']"))
        .containsExactly("1 day, AUC 0.750 to 0.750");
  }

  @Test
  void showsDaysThatHaveNoAucAsNumbersOnly() throws Exception {
    List<DayQuality> days =
        List.of(
            new DayQuality(
                LocalDate.of(2013, 12, 1), 3, ExampleReport.quality(Double.NaN, 0.5, 0.1)));
    Page page = Page.of(HtmlReport.render(with(List.of(), List.of(), List.of(), List.of(), days)));
    assertThat(page.texts("//section[@id='days']//figure")).isEmpty();
    assertThat(page.texts("//section[@id='days']//tbody/tr/td"))
        .containsExactly("2013-12-01", "3", "–", "0.500", "0.100");
  }

  @Test
  void staysSmallWhateverItIsGiven() throws Exception {
    LocalDate first = LocalDate.of(2003, 1, 1);
    List<Node> nodes =
        IntStream.range(0, 3000)
            .mapToObj(i -> new Node("n" + i, Kind.RUN, "run.number." + i, Optional.empty()))
            .toList();
    List<Edge> edges = IntStream.range(1, 3000).mapToObj(i -> new Edge("n0", "n" + i)).toList();
    ReportData example = ExampleReport.full();
    String html =
        HtmlReport.render(
            new ReportData(
                "late_flight",
                example.generatedAt(),
                example.model(),
                example.gate(),
                Task.BINARY,
                example.slices(),
                IntStream.range(0, 100_000).mapToObj(i -> new RocPoint(i / 1e5, i / 1e5)).toList(),
                IntStream.range(0, 5_000)
                    .mapToObj(i -> new CalibrationBin(i / 5e3, 0.5, 1))
                    .toList(),
                IntStream.range(0, 5_000)
                    .mapToObj(i -> new ScoreBin(i / 5e3, (i + 1) / 5e3, 2))
                    .toList(),
                List.of(),
                IntStream.range(0, 4_000)
                    .mapToObj(
                        i ->
                            new DayQuality(
                                first.plusDays(i), 1, ExampleReport.quality(0.7, 0.5, 0.1)))
                    .toList(),
                0,
                IntStream.range(0, 5_000)
                    .mapToObj(i -> new FeatureImportance("f" + i, 1e-4))
                    .toList(),
                IntStream.range(0, 5_000)
                    .mapToObj(i -> new FeatureDrift("f" + i, 0.1, false, 0, 0))
                    .toList(),
                "5 rows of 2013-12-01",
                0.2,
                new Lineage(nodes, edges),
                example.steps()));
    assertThat(html.length()).isLessThan(500_000);
    Page page = Page.of(html);
    assertThat(page.texts("//section[@id='scores']/p[@class='figure']"))
        .containsExactly("10,000 rows scored");
    assertThat(page.texts("//section[@id='days']//tbody/tr[last()]/td[1]"))
        .containsExactly(first.plusDays(3_999).toString());
    assertThat(page.texts("//section[@id='lineage']//*[local-name()='g']/*[@x and not(@class)]"))
        .hasSize(1 + LineageLayout.ROWS)
        .contains("2992 more");
  }

  @Test
  void readsTheSameInEveryLocale() {
    Locale before = Locale.getDefault();
    String expected = HtmlReport.render(ExampleReport.full());
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertThat(HtmlReport.render(ExampleReport.full())).isEqualTo(expected);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void writesTheFileInOneStepAndOverAnOldOne(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("reports/late_flight.html");
    HtmlReport.write(ExampleReport.empty(), file);
    HtmlReport.write(ExampleReport.full(), file);
    assertThat(file).content().isEqualTo(HtmlReport.render(ExampleReport.full()));
    assertThat(folder.resolve("reports")).isDirectoryNotContaining(path -> !path.equals(file));
  }

  @Test
  void saysWhichFileCouldNotBeWritten(@TempDir Path folder) throws Exception {
    Path occupied = Files.writeString(folder.resolve("occupied"), "a file");
    assertThatThrownBy(() -> HtmlReport.write(ExampleReport.empty(), occupied.resolve("r.html")))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("Cannot write the report " + occupied.resolve("r.html"));
  }

  @Test
  void leavesAnExampleToLookAt() {
    Path file = Path.of("target", "report-example.html");
    HtmlReport.write(ExampleReport.full(), file);
    assertThat(file).content().startsWith("<!DOCTYPE html>");
  }

  private static ReportData with(
      List<SliceMetrics> slices,
      List<RocPoint> roc,
      List<CalibrationBin> calibration,
      List<ScoreBin> scores,
      List<DayQuality> days) {
    ReportData empty = ExampleReport.empty();
    return new ReportData(
        empty.pipeline(),
        empty.generatedAt(),
        empty.model(),
        empty.gate(),
        Task.BINARY,
        slices,
        roc,
        calibration,
        scores,
        List.of(),
        days,
        0,
        List.of(),
        List.of(),
        "",
        0.2,
        empty.lineage(),
        List.of());
  }
}
