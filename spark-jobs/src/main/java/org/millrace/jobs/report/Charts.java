package org.millrace.jobs.report;

import java.awt.BasicStroke;
import java.awt.Font;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.millrace.contracts.Task;
import org.millrace.jobs.report.ReportData.CalibrationBin;
import org.millrace.jobs.report.ReportData.DayQuality;
import org.millrace.jobs.report.ReportData.RocPoint;
import org.millrace.jobs.report.ReportData.ScoreBin;

/**
 * The plots. Each method wants at least one point, and only finite numbers. Widths are those of a
 * phone: a picture that is readable there is readable everywhere.
 */
final class Charts {
  private static final int WIDTH = 384;
  private static final int HEIGHT = 250;
  private static final long HALF_DAY_MILLIS = Duration.ofHours(12).toMillis();
  private static final double BORDER = 0.015;
  private static final double MARGIN = 0.05;
  private static final BasicStroke LINE =
      new BasicStroke(2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
  private static final BasicStroke DASHED =
      new BasicStroke(
          1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10f, new float[] {4f, 4f}, 0f);

  private Charts() {}

  static XYChart roc(List<RocPoint> points) {
    XYChart chart = chart("False positive rate", "True positive rate");
    unitSquare(chart.getStyler());
    reference(chart, new double[] {0, 1}, new double[] {0, 1});
    XYSeries series =
        chart.addSeries(
            "model",
            points.stream().mapToDouble(RocPoint::falsePositiveRate).toArray(),
            points.stream().mapToDouble(RocPoint::truePositiveRate).toArray());
    accent(series, SeriesMarkers.NONE);
    return chart;
  }

  static XYChart calibration(List<CalibrationBin> bins) {
    XYChart chart = chart("Mean score", "Observed rate");
    unitSquare(chart.getStyler());
    reference(chart, new double[] {0, 1}, new double[] {0, 1});
    XYSeries series =
        chart.addSeries(
            "model",
            bins.stream().mapToDouble(CalibrationBin::meanScore).toArray(),
            bins.stream().mapToDouble(CalibrationBin::meanLabel).toArray());
    accent(series, SeriesMarkers.CIRCLE);
    return chart;
  }

  /** As {@link #calibration}, in the unit of the label. */
  static XYChart groups(List<CalibrationBin> bins) {
    XYChart chart = chart("Mean score", "Mean label");
    double low =
        bins.stream()
            .mapToDouble(bin -> Math.min(bin.meanScore(), bin.meanLabel()))
            .min()
            .orElse(0);
    double high =
        bins.stream()
            .mapToDouble(bin -> Math.max(bin.meanScore(), bin.meanLabel()))
            .max()
            .orElse(1);
    double margin = margin(low, high);
    chart.getStyler().setXAxisMin(low - margin).setXAxisMax(high + margin);
    chart.getStyler().setYAxisMin(low - margin).setYAxisMax(high + margin);
    reference(chart, new double[] {low, high}, new double[] {low, high});
    accent(
        chart.addSeries(
            "model",
            bins.stream().mapToDouble(CalibrationBin::meanScore).toArray(),
            bins.stream().mapToDouble(CalibrationBin::meanLabel).toArray()),
        SeriesMarkers.CIRCLE);
    return chart;
  }

  private static double margin(double low, double high) {
    return high > low ? MARGIN * (high - low) : 1;
  }

  static XYChart scores(List<ScoreBin> bins) {
    return staircase(bins, "Score", -BORDER, 1 + BORDER);
  }

  static XYChart residuals(List<ScoreBin> bins) {
    double low = bins.get(0).from();
    double high = bins.get(bins.size() - 1).to();
    double margin = margin(low, high);
    return staircase(bins, "Score - label", low - margin, high + margin);
  }

  /** Two points a bin, closed down to zero at both ends. */
  private static XYChart staircase(List<ScoreBin> bins, String of, double from, double to) {
    XYChart chart = chart(of, "Rows");
    double most = bins.stream().mapToLong(ScoreBin::rows).max().orElse(1);
    chart.getStyler().setXAxisMin(from).setXAxisMax(to);
    chart.getStyler().setYAxisMin(-BORDER * most).setYAxisMax(1.08 * most);
    chart.getStyler().setYAxisDecimalPattern("#,##0");
    double[] x = new double[bins.size() * 2];
    double[] y = new double[bins.size() * 2];
    for (int i = 0; i < bins.size(); i++) {
      ScoreBin bin = bins.get(i);
      x[2 * i] = bin.from();
      x[2 * i + 1] = bin.to();
      y[2 * i] = bin.rows();
      y[2 * i + 1] = bin.rows();
    }
    XYSeries series = chart.addSeries("model", x, y);
    accent(series, SeriesMarkers.NONE);
    series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Area);
    series.setFillColor(Ink.ACCENT_SOFT.sentinel());
    return chart;
  }

  /**
   * A metric of each day.
   *
   * @param expected that of the evaluation, drawn as a dashed line; NaN where there is none
   */
  @SuppressWarnings("JavaUtilDate") // XChart's time axis takes nothing else
  static XYChart byDay(List<DayQuality> days, Task task, String metric, double expected) {
    XYChart chart = chart("Day", Task.title(metric));
    List<Date> x = days.stream().map(day -> date(day.day())).toList();
    List<Double> y = days.stream().map(day -> day.metric(metric)).toList();
    double low = Collections.min(y);
    double high = Collections.max(y);
    if (!Double.isNaN(expected)) {
      low = Math.min(low, expected);
      high = Math.max(high, expected);
      mute(chart.addSeries("expected", x, days.stream().map(day -> expected).toList()));
    }

    boolean isShare = task != Task.REGRESSION;
    double margin = isShare ? MARGIN : margin(low, high);
    double most = isShare ? 1 : Double.MAX_VALUE;
    chart.getStyler().setDatePattern("d MMM").setYAxisDecimalPattern(isShare ? "0.00" : "#,##0.#");
    chart.getStyler().setYAxisMin(Math.max(0, low - margin));
    chart.getStyler().setYAxisMax(Math.min(most, high + margin));
    chart.getStyler().setXAxisMin((double) x.get(0).getTime() - HALF_DAY_MILLIS);
    chart.getStyler().setXAxisMax((double) x.get(x.size() - 1).getTime() + HALF_DAY_MILLIS);
    accent(
        chart.addSeries("model", x, y),
        days.size() > 62 ? SeriesMarkers.NONE : SeriesMarkers.CIRCLE);
    return chart;
  }

  private static Date date(LocalDate day) {
    return Date.from(day.atStartOfDay(ZoneOffset.UTC).toInstant());
  }

  private static void unitSquare(XYStyler styler) {
    // a little beyond 0 and 1: XChart leaves out a tick that falls on the border
    styler.setXAxisMin(-BORDER).setXAxisMax(1 + BORDER);
    styler.setYAxisMin(-BORDER).setYAxisMax(1 + BORDER);
  }

  private static void reference(XYChart chart, double[] x, double[] y) {
    mute(chart.addSeries("reference", x, y));
  }

  private static void mute(XYSeries series) {
    series.setLineColor(Ink.REFERENCE.sentinel());
    series.setLineStyle(DASHED);
    series.setMarker(SeriesMarkers.NONE);
  }

  private static void accent(XYSeries series, Marker marker) {
    series.setLineColor(Ink.ACCENT.sentinel());
    series.setLineStyle(LINE);
    series.setMarker(marker);
    series.setMarkerColor(Ink.ACCENT.sentinel());
  }

  private static XYChart chart(String xTitle, String yTitle) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .xAxisTitle(xTitle)
            .yAxisTitle(yTitle)
            .build();
    XYStyler styler = chart.getStyler();
    Font small = new Font(Font.SANS_SERIF, Font.PLAIN, 11);
    styler.setChartTitleVisible(false).setLegendVisible(false).setChartPadding(4);
    styler.setChartBackgroundColor(Ink.GROUND.sentinel()).setPlotBorderVisible(false);
    styler.setPlotBackgroundColor(Ink.GROUND.sentinel());
    styler.setChartFontColor(Ink.TEXT.sentinel());
    styler.setXAxisTitleColor(Ink.TEXT.sentinel()).setYAxisTitleColor(Ink.TEXT.sentinel());
    styler.setAxisTitleFont(small).setAxisTickLabelsFont(small).setAxisTitlePadding(6);
    styler.setAxisTickLabelsColor(Ink.TEXT.sentinel()).setAxisTicksLineVisible(false);
    styler.setAxisTicksMarksVisible(false).setPlotTicksMarksVisible(false).setAxisTickPadding(6);
    styler.setPlotGridVerticalLinesVisible(false).setPlotGridLinesColor(Ink.GRID.sentinel());
    styler.setPlotGridLinesStroke(new BasicStroke(1f)).setPlotMargin(0).setPlotContentSize(1.0);
    styler.setLocale(Locale.ROOT).setTimezone(TimeZone.getTimeZone(ZoneOffset.UTC));
    styler.setMarkerSize(6);
    return chart;
  }
}
