package org.millrace.jobs.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.knowm.xchart.XYChart;
import org.millrace.contracts.Task;
import org.millrace.jobs.report.ReportData.CalibrationBin;
import org.millrace.jobs.report.ReportData.DayQuality;
import org.millrace.jobs.report.ReportData.RocPoint;
import org.millrace.jobs.report.ReportData.ScoreBin;

/** The plots of a task with their words and their numbers. */
final class PlotsView {
  private static final int MOST_POINTS = 200;

  private final ReportData data;
  private final boolean canDraw;

  private PlotsView(ReportData data, boolean canDraw) {
    this.data = data;
    this.canDraw = canDraw;
  }

  static List<Map<String, Object>> of(ReportData data) {
    PlotsView plots = new PlotsView(data, PlotFonts.problem().isEmpty());
    return switch (data.task()) {
      case BINARY -> List.of(plots.roc(), plots.calibration(), plots.scores(), plots.days());
      case REGRESSION -> List.of(plots.residuals(), plots.groups(), plots.days());
      case MULTICLASS -> List.of(plots.days());
    };
  }

  private Map<String, Object> roc() {
    List<RocPoint> points =
        thinned(
            data.roc().stream()
                .filter(p -> finite(p.falsePositiveRate(), p.truePositiveRate()))
                .toList());
    List<List<String>> rows = new ArrayList<>();
    for (double rate : new double[] {0.01, 0.05, 0.1, 0.2, 0.5}) {
      points.stream()
          .filter(point -> point.falsePositiveRate() <= rate)
          .mapToDouble(RocPoint::truePositiveRate)
          .max()
          .ifPresent(found -> rows.add(List.of(Numbers.percent(rate), Numbers.percent(found))));
    }
    return view(
        Plot.ROC,
        "AUC " + Numbers.metric(headline()),
        List.of("False alarms at most", "True cases found"),
        rows,
        points.isEmpty() ? Optional.empty() : Optional.of(() -> Charts.roc(points)));
  }

  private Map<String, Object> calibration() {
    List<CalibrationBin> bins = bins();
    return view(
        Plot.CALIBRATION,
        "Calibration error " + Numbers.metric(ofFirst("calibration_error")),
        List.of("Mean score", "Observed rate", "Rows"),
        rows(bins),
        bins.isEmpty() ? Optional.empty() : Optional.of(() -> Charts.calibration(bins)));
  }

  private Map<String, Object> groups() {
    List<CalibrationBin> bins = bins();
    return view(
        Plot.GROUPS,
        "Bias " + Numbers.metric(ofFirst("bias")),
        List.of("Mean score", "Mean label", "Rows"),
        rows(bins),
        bins.isEmpty() ? Optional.empty() : Optional.of(() -> Charts.groups(bins)));
  }

  private List<CalibrationBin> bins() {
    return thinned(
        data.calibration().stream()
            .filter(bin -> finite(bin.meanScore(), bin.meanLabel()))
            .toList());
  }

  private static List<List<String>> rows(List<CalibrationBin> bins) {
    return bins.stream()
        .map(
            bin ->
                List.of(
                    Numbers.metric(bin.meanScore()),
                    Numbers.metric(bin.meanLabel()),
                    Numbers.count(bin.rows())))
        .toList();
  }

  private Map<String, Object> scores() {
    return histogram(Plot.SCORES, data.scores(), "Score", Charts::scores);
  }

  private Map<String, Object> residuals() {
    return histogram(Plot.RESIDUALS, data.residuals(), "Score - label", Charts::residuals);
  }

  private Map<String, Object> histogram(
      Plot plot, List<ScoreBin> all, String of, Function<List<ScoreBin>, XYChart> chart) {
    List<ScoreBin> bins =
        thinned(all.stream().filter(bin -> finite(bin.from(), bin.to())).toList());
    long rows = all.stream().mapToLong(ScoreBin::rows).sum();
    return view(
        plot,
        Numbers.count(rows) + " rows scored",
        List.of(of + " from", "to", "Rows"),
        bins.stream()
            .map(
                bin ->
                    List.of(
                        Numbers.metric(bin.from()),
                        Numbers.metric(bin.to()),
                        Numbers.count(bin.rows())))
            .toList(),
        rows == 0 ? Optional.empty() : Optional.of(() -> chart.apply(bins)));
  }

  private Map<String, Object> days() {
    String metric = data.shown().get(0);
    List<DayQuality> days = last(data.days());
    List<DayQuality> defined = days.stream().filter(day -> finite(day.metric(metric))).toList();
    List<String> columns = new ArrayList<>(List.of("Day", "Rows"));
    data.shown().forEach(shown -> columns.add(Task.title(shown)));
    return view(
        switch (data.task()) {
          case BINARY -> Plot.DAYS;
          case REGRESSION -> Plot.DAYS_OF_NUMBERS;
          case MULTICLASS -> Plot.DAYS_OF_CLASSES;
        },
        defined.isEmpty() ? "" : range(defined, metric),
        columns,
        days.stream().map(this::row).toList(),
        defined.isEmpty()
            ? Optional.empty()
            : Optional.of(() -> Charts.byDay(defined, data.task(), metric, headline())));
  }

  private List<String> row(DayQuality day) {
    List<String> row = new ArrayList<>(List.of(day.day().toString(), Numbers.count(day.rows())));
    data.shown().forEach(metric -> row.add(Numbers.metric(day.metric(metric))));
    return row;
  }

  private static String range(List<DayQuality> days, String metric) {
    double low = days.stream().mapToDouble(day -> day.metric(metric)).min().orElse(Double.NaN);
    double high = days.stream().mapToDouble(day -> day.metric(metric)).max().orElse(Double.NaN);
    String count = days.size() == 1 ? "1 day" : days.size() + " days";
    return "%s, %s %s to %s"
        .formatted(count, Task.title(metric), Numbers.metric(low), Numbers.metric(high));
  }

  private Map<String, Object> view(
      Plot plot,
      String figure,
      List<String> columns,
      List<List<String>> rows,
      Optional<Supplier<XYChart>> chart) {
    String label = plot.title + ". " + plot.sentence + " " + figure;
    return Map.of(
        "id",
        plot.id,
        "title",
        plot.title,
        "sentence",
        plot.sentence,
        "figure",
        chart.isPresent() ? figure : "",
        "nothing",
        chart.isPresent() ? "" : plot.nothing,
        "columns",
        columns,
        "rows",
        rows,
        "svg",
        chart
            .filter(drawing -> canDraw)
            .map(drawing -> ChartSvg.of(drawing.get(), plot.id, label))
            .orElse(""));
  }

  private double headline() {
    return ofFirst(data.shown().get(0));
  }

  private double ofFirst(String metric) {
    return data.slices().stream().findFirst().map(slice -> slice.metric(metric)).orElse(Double.NaN);
  }

  private static boolean finite(double... values) {
    for (double value : values) {
      if (!Double.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  /** A year of days at most: the newest. */
  private static List<DayQuality> last(List<DayQuality> days) {
    return days.subList(Math.max(0, days.size() - 366), days.size());
  }

  /** Evenly chosen points, first and last kept: more than these no eye can tell apart. */
  private static <T> List<T> thinned(List<T> points) {
    if (points.size() <= MOST_POINTS) {
      return points;
    }

    List<T> kept = new ArrayList<>(MOST_POINTS);
    for (int i = 0; i < MOST_POINTS; i++) {
      kept.add(points.get((int) ((long) i * (points.size() - 1) / (MOST_POINTS - 1))));
    }
    return List.copyOf(kept);
  }

  /** What is said of each plot, and what in place of one without data. */
  private enum Plot {
    ROC(
        "roc",
        "Ranking",
        "Share of the true cases found at each share of false alarms; the dashed line is chance.",
        "Nothing has been evaluated yet: there is no ranking to show."),
    CALIBRATION(
        "calibration",
        "Calibration",
        "Mean scores against what came true; on the dashed line a score is a probability.",
        "Nothing has been evaluated yet: there is nothing to hold the scores against."),
    RESIDUALS(
        "residuals",
        "Errors",
        "Rows by score - label: beside 0 the model is right, to the right of it the score is too high.",
        "Nothing has been evaluated yet: there are no errors to show."),
    GROUPS(
        "calibration",
        "Calibration",
        "Tenths of the rows by rising score: their mean score against their mean label; on the dashed line both are equal.",
        "Nothing has been evaluated yet: there is nothing to hold the scores against."),
    SCORES(
        "scores",
        "Score distribution",
        "Rows by score; a model that scores all rows alike shows a single spike.",
        "This version has scored no rows yet."),
    DAYS(
        "days",
        "Day by day",
        "AUC of each day once its outcomes are known; the dashed line is the evaluation.",
        "Of no day that this version scored both outcomes are known yet."),
    DAYS_OF_NUMBERS(
        "days",
        "Day by day",
        "RMSE of each day once its labels are known; the dashed line is the evaluation.",
        "Of no day that this version scored the labels are known yet."),
    DAYS_OF_CLASSES(
        "days",
        "Day by day",
        "Macro F1 of each day once its labels are known; the dashed line is the evaluation.",
        "Of no day that this version scored the labels are known yet.");

    private final String id;
    private final String title;
    private final String sentence;
    private final String nothing;

    Plot(String id, String title, String sentence, String nothing) {
      this.id = id;
      this.title = title;
      this.sentence = sentence;
      this.nothing = nothing;
    }
  }
}
