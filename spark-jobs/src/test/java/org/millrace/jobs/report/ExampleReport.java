package org.millrace.jobs.report;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.millrace.contracts.GateDecision;
import org.millrace.contracts.GateDecision.Verdict;
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

/** A report like a real one, by formula: every test sees the same. */
final class ExampleReport {
  private ExampleReport() {}

  static ReportData full() {
    return new ReportData(
        "late_flight",
        Instant.parse("2013-12-31T11:12:00Z"),
        new Model("late_flight", "3", Optional.of("champion")),
        Optional.of(
            new GateDecision(
                Verdict.PASS,
                List.of(
                    "auc 0.757 is at least 0.700",
                    "log_loss 0.488 is at most 0.600",
                    "auc 0.757 is not worse than the champion's 0.751 by more than 0.005"))),
        Task.BINARY,
        List.of(
            new SliceMetrics(
                "November 2013, held out", 27_268, ExampleReport.quality(0.7571, 0.4880, 0.0132)),
            new SliceMetrics("JFK", 9_024, ExampleReport.quality(0.7712, 0.4611, 0.0184)),
            new SliceMetrics(
                "December 2013, realised", 28_135, ExampleReport.quality(0.7424, 0.5530, 0.0391))),
        roc(),
        IntStream.range(0, 10).mapToObj(ExampleReport::bin).toList(),
        IntStream.range(0, 20)
            .mapToObj(
                i ->
                    new ScoreBin(
                        i / 20.0, (i + 1) / 20.0, Math.round(5200 * Math.exp(-0.28 * i) * (i + 1))))
            .toList(),
        List.of(),
        IntStream.rangeClosed(1, 31)
            .mapToObj(
                d ->
                    new DayQuality(
                        LocalDate.of(2013, 12, d),
                        850 + 7L * (d % 9),
                        quality(
                            0.742 + 0.045 * Math.sin(d * 1.7), 0.55 + 0.03 * Math.cos(d), 0.04)))
            .toList(),
        2,
        importance(),
        List.of(
            new FeatureDrift("temperature", 0.412, true, 0.003, 0.004),
            new FeatureDrift("visibility", 0.187, false, 0.002, 0.002),
            new FeatureDrift("departures_mean_delay_3h", 0.121, false, 0.041, 0.038),
            new FeatureDrift("route_late_rate_7d", 0.064, false, 0.012, 0.009),
            new FeatureDrift("last_arrival_delay", 0.031, false, 0.18, 0.175),
            new FeatureDrift("seats", Double.NaN, false, 0.16, 1.0)),
        "6,412 rows of 2013-12-25 to 2013-12-31",
        0.2,
        lineage(),
        List.of(
            new Step("ingest", 336_776, 336_776, 14.2),
            new Step("materialize", 336_776, 1_204_113, 48.9),
            new Step("validate", 1_204_113, 1_204_113, 9.4),
            new Step("training_set", 280_020, 280_020, 22.7),
            new Step("train", 280_020, 1, 75.3),
            new Step("gate", 27_268, 1, 4.1),
            new Step("score", 28_135, 28_135, 11.8),
            new Step("publish", 28_135, 28_135, 3.2),
            new Step("monitor", 28_135, 31, 6.0)));
  }

  /** A pipeline on its first morning. */
  static ReportData empty() {
    return new ReportData(
        "late_flight",
        Instant.parse("2013-11-01T11:00:00Z"),
        new Model("late_flight", "1", Optional.empty()),
        Optional.of(
            new GateDecision(
                Verdict.FAIL, List.of("auc is not defined: the slice has no late flight"))),
        Task.BINARY,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        0,
        List.of(),
        List.of(),
        "",
        0.2,
        new Lineage(List.of(), List.of()),
        List.of());
  }

  static Map<String, Double> quality(double auc, double logLoss, double calibrationError) {
    return Map.of("auc", auc, "log_loss", logLoss, "calibration_error", calibrationError);
  }

  private static List<RocPoint> roc() {
    return IntStream.rangeClosed(0, 100)
        .mapToObj(i -> new RocPoint(i / 100.0, Math.pow(i / 100.0, 0.32)))
        .toList();
  }

  private static CalibrationBin bin(int i) {
    double score = 0.05 + i * 0.09;
    return new CalibrationBin(score, score * 0.94 + 0.02 * Math.sin(i), 5200 - 430L * i);
  }

  private static List<FeatureImportance> importance() {
    String[] names = {
      "departures_mean_delay_3h",
      "scheduled_hour",
      "last_arrival_delay",
      "route_late_rate_7d",
      "precipitation",
      "carrier",
      "visibility",
      "wind_speed",
      "month",
      "distance",
      "temperature",
      "turnaround_minutes",
      "seats",
      "plane_age",
      "origin"
    };
    List<FeatureImportance> all = new ArrayList<>();
    for (int i = 0; i < names.length; i++) {
      all.add(new FeatureImportance(names[i], 0.26 * Math.exp(-0.29 * i)));
    }
    return all;
  }

  private static Lineage lineage() {
    List<Node> nodes = new ArrayList<>();
    List<Edge> edges = new ArrayList<>();
    String[] views = {
      "origin_weather", "origin_departures", "plane_last_arrival", "route_lateness", "plane_facts"
    };
    String[] sources = {"flights", "weather", "planes"};
    int[] sourceOf = {1, 0, 0, 0, 2};
    for (String source : sources) {
      nodes.add(new Node(source, Kind.TABLE, "raw." + source, Optional.of("v12")));
    }
    for (int i = 0; i < views.length; i++) {
      nodes.add(new Node(views[i], Kind.TABLE, "features." + views[i], Optional.of("v31")));
      edges.add(new Edge(sources[sourceOf[i]], views[i]));
      edges.add(new Edge(views[i], "set"));
      edges.add(new Edge(views[i], "score"));
    }
    nodes.add(new Node("set", Kind.TABLE, "training.late_flight", Optional.of("v2")));
    nodes.add(
        new Node("train", Kind.RUN, "late_flight.train.2013-01-01_2013-10-31", Optional.empty()));
    nodes.add(new Node("model", Kind.MODEL, "late_flight", Optional.of("3")));
    nodes.add(
        new Node("score", Kind.RUN, "late_flight.score.2013-12-01_2013-12-31", Optional.empty()));
    nodes.add(new Node("out", Kind.TABLE, "predictions.late_flight", Optional.of("v31")));
    edges.add(new Edge("flights", "set"));
    edges.add(new Edge("set", "train"));
    edges.add(new Edge("train", "model"));
    edges.add(new Edge("model", "score"));
    edges.add(new Edge("score", "out"));
    return new Lineage(nodes, edges);
  }
}
