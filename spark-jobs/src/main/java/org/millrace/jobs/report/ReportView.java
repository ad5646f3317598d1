package org.millrace.jobs.report;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.GateDecision;
import org.millrace.contracts.GateDecision.Verdict;
import org.millrace.contracts.Task;
import org.millrace.jobs.report.ReportData.DayQuality;
import org.millrace.jobs.report.ReportData.FeatureDrift;
import org.millrace.jobs.report.ReportData.FeatureImportance;
import org.millrace.jobs.report.ReportData.SliceMetrics;
import org.millrace.jobs.report.ReportData.Step;

/** What the template fills in: texts that need only escaping, pictures, and widths of bars. */
final class ReportView {
  static final int TOP = 12;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private static final List<String> UNJUDGED =
      List.of("ops.verdicts has no row of this version: no gate of this lake judged it");

  private ReportView() {}

  static Map<String, Object> of(ReportData data) {
    Map<String, Object> view = new HashMap<>();
    Optional<Verdict> verdict = data.gate().map(GateDecision::verdict);
    Optional<SliceMetrics> first = data.slices().stream().findFirst();
    view.put("pipeline", data.pipeline());
    view.put("generatedAt", TIME.format(data.generatedAt()));
    view.put("model", data.model().name());
    view.put("version", data.model().version());
    view.put("alias", data.model().alias().orElse(""));
    view.put("verdict", verdict.map(Verdict::name).orElse("NO VERDICT"));
    view.put("promotes", verdict.filter(word -> !word.rejects()).isPresent());
    view.put("headline", verdict.map(ReportView::headline).orElse("has no verdict in this lake"));
    view.put("reasons", data.gate().map(GateDecision::reasons).orElse(UNJUDGED));
    String shown = data.shown().get(0);
    view.put("metric", Task.title(shown));
    view.put(
        "metricValue", Numbers.metric(first.map(slice -> slice.metric(shown)).orElse(Double.NaN)));
    view.put("slice", first.map(SliceMetrics::slice).orElse(""));
    view.put("slices", data.slices().stream().map(slice -> slice(slice, data.shown())).toList());
    view.put("plots", PlotsView.of(data));
    view.put("fontProblem", PlotFonts.problem().orElse(""));
    view.put("daysSummary", daysSummary(data.days(), shown));
    view.put("importance", importance(data.importance()));
    view.put("importanceMore", Math.max(0, data.importance().size() - TOP));
    view.put("drift", drift(data));
    view.put("driftMore", Math.max(0, data.drift().size() - TOP));
    view.put("drifted", drifted(data));
    view.put("driftOf", data.driftOf());
    view.put("otherDays", data.otherDays());
    view.put("psiWarning", Numbers.metric(data.psiWarning()));
    view.put("lineage", LineageView.of(data.lineage()));
    view.put("steps", steps(data.steps()));
    return view;
  }

  private static String headline(Verdict verdict) {
    return switch (verdict) {
      case PASS -> "passed its gate";
      case BOOTSTRAP -> "passed its gate as the first champion";
      case FAIL -> "did not pass its gate";
      case NO_BASELINE -> "had no champion's numbers to be compared with";
      case AWAITS_APPROVAL -> "passed its gate and awaits approval";
      case BEGINS_ROLLOUT -> "passed its gate and is rolled out";
      case SAME -> "was judged again while it was champion, and kept its gate's ranges";
      case CHAMPION_UNUSABLE ->
          "could not be compared: the champion of that time could not be evaluated";
    };
  }

  private static Map<String, Object> slice(SliceMetrics slice, List<String> shown) {
    return Map.of(
        "name", slice.slice(),
        "rows", Numbers.count(slice.rows()),
        "metrics",
            shown.stream()
                .map(
                    metric ->
                        Map.of(
                            "name", Task.title(metric),
                            "value", Numbers.metric(slice.metric(metric))))
                .toList());
  }

  /** Rows and the mean of a metric, weighted by rows; days without it do not count. */
  private static Map<String, Object> daysSummary(List<DayQuality> days, String metric) {
    List<DayQuality> defined =
        days.stream().filter(day -> Double.isFinite(day.metric(metric))).toList();
    long rows = defined.stream().mapToLong(DayQuality::rows).sum();
    double mean = defined.stream().mapToDouble(day -> day.metric(metric) * day.rows()).sum() / rows;
    return Map.of(
        "count", defined.size(), "rows", Numbers.count(rows), "mean", Numbers.metric(mean));
  }

  private static List<Map<String, Object>> importance(List<FeatureImportance> features) {
    List<FeatureImportance> top =
        features.stream()
            .filter(feature -> Double.isFinite(feature.share()))
            .sorted(Comparator.comparingDouble(FeatureImportance::share).reversed())
            .limit(TOP)
            .toList();
    double most = top.isEmpty() ? 0 : top.get(0).share();
    return top.stream()
        .map(
            feature ->
                Map.<String, Object>of(
                    "name", feature.feature(),
                    "value", Numbers.percent(feature.share()),
                    "width", Numbers.width(feature.share(), most),
                    "marked", false))
        .toList();
  }

  /** Undefined ones last: they are nothing to be alarmed about, and nothing to hide. */
  private static List<Map<String, Object>> drift(ReportData data) {
    List<FeatureDrift> top =
        data.drift().stream()
            .sorted(Comparator.comparingDouble(ReportView::orLast).reversed())
            .limit(TOP)
            .toList();
    double most = Math.max(data.psiWarning(), top.isEmpty() ? 0 : Math.max(0, orLast(top.get(0))));
    return top.stream()
        .map(
            feature ->
                Map.<String, Object>of(
                    "name", feature.feature(),
                    "value", Numbers.metric(feature.psi()),
                    "note", nulls(feature),
                    "width", Numbers.width(feature.psi(), most),
                    "marked", feature.isDrifted()))
        .toList();
  }

  private static double orLast(FeatureDrift feature) {
    return Double.isNaN(feature.psi()) ? Double.NEGATIVE_INFINITY : feature.psi();
  }

  private static String nulls(FeatureDrift feature) {
    return "nulls "
        + Numbers.percent(feature.trainingNullRate())
        + " → "
        + Numbers.percent(feature.nullRate());
  }

  private static long drifted(ReportData data) {
    return data.drift().stream().filter(FeatureDrift::isDrifted).count();
  }

  private static List<Map<String, Object>> steps(List<Step> steps) {
    double most = steps.stream().mapToDouble(Step::seconds).max().orElse(0);
    return steps.stream()
        .map(
            step ->
                Map.<String, Object>of(
                    "name", step.room(),
                    "value", Numbers.duration(step.seconds()),
                    "note", rows(step),
                    "width", Numbers.width(step.seconds(), most),
                    "marked", false))
        .toList();
  }

  /** What is counted: a room may only read rows, or only make them. */
  private static String rows(Step step) {
    if (step.rowsIn() > 0 && step.rowsOut() > 0) {
      return Numbers.count(step.rowsIn()) + " → " + Numbers.count(step.rowsOut()) + " rows";
    }

    long rows = Math.max(step.rowsIn(), step.rowsOut());
    return rows > 0 ? Numbers.count(rows) + " rows" : "";
  }
}
