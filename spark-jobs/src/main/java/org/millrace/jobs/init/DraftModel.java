package org.millrace.jobs.init;

import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;

/** Writes what comes after spine, label and views: training, gate, scoring, monitoring. */
final class DraftModel {
  private static final long FEW_ROWS = 20_000;

  private static final double SPREAD_OF_SCORES = 0.3;

  private DraftModel() {}

  /** The platform of a first pipeline. */
  static String platform(String lake, ZoneId zone) {
    return """
        # Everything that all pipelines of this directory share.
        lake: %s
        day-zone: %s   # days begin and end in this zone
        # Models are kept in files of the lake. For an MLflow server: {kind: mlflow, uri: 'http://127.0.0.1:5000'}
        registry: {kind: directory}
        """
        .formatted(Words.yaml(lake), zone);
  }

  /**
   * The training.
   *
   * @param rows of the spine
   */
  static String training(
      String name,
      String label,
      List<String> views,
      List<String> numeric,
      List<String> categorical,
      TimeSplit split,
      int labelDays,
      long rows) {
    return """
        model: %s
        spine: %s
        label: %s
        views: [%s]
        # The gate's days begin %d days later: all labels that are trained on were known by then.
        days: {from: %s, to: %s}
        numeric: [%s]
        categorical: [%s]
        major-minor: "1.0"
        %s"""
        .formatted(
            name,
            name,
            label,
            String.join(", ", views),
            labelDays + 1,
            split.training().from(),
            split.training().to(),
            String.join(", ", numeric),
            String.join(", ", categorical),
            rows < FEW_ROWS
                ? "trees: {count: 40, depth: 3, step-size: 0.15}   # few rows: small trees do not learn them by heart\n"
                : "");
  }

  /** The gate. */
  static String gate(String name, TimeSplit split) {
    return """
        # What a candidate must show on days that it was not trained on, before it becomes champion.
        model: %s
        days: {from: %s, to: %s}
        ranges:
          auc: {min: 0.5}               # better than chance; raise it when a first model has shown what is possible
        not-worse-than-champion:
          auc: {better: higher, by: 0.01}
          log_loss: {better: lower, by: 0.02}
        """
        .formatted(name, split.gate().from(), split.gate().to());
  }

  /**
   * The scoring.
   *
   * @param rowsOfADay that are usual
   */
  static String scoring(String name, double rowsOfADay) {
    return String.format(
        Locale.ROOT,
        """
        model: %s
        predictions: predictions.%s
        nulls: impute   # missing numbers are imputed by the model and counted; or reject
        # A day whose mean score differs by more from that of the days before is not published. With about %.0f rows a day,
        # chance alone makes some of it.
        bounds: {mean-tolerance: %.2f}
        """,
        name,
        name,
        rowsOfADay,
        tolerance(rowsOfADay));
  }

  /** Of a mean of so many scores, chance alone is rarely further off than four deviations. */
  private static double tolerance(double rows) {
    return Math.min(1, Math.max(0.25, 0.15 + 4 * SPREAD_OF_SCORES / Math.sqrt(rows)));
  }

  /** The monitoring. */
  static String monitoring(String name, int labelDays) {
    return """
        # A day is judged %d days later, when its labels are known.
        model: %s
        psi-warning: 0.2
        """
        .formatted(labelDays, name);
  }

  /** The schedule, for cron. */
  static String schedule(String name, Path home, Path conf, ZoneId zone) {
    String program = CommandText.cronWord(home.resolve("bin/millrace").toString());
    String of = name + " --conf " + CommandText.cronWord(conf.toString());
    return """
        # Lines for crontab -e; docs/airflow.md has the same for Airflow.
        CRON_TZ=%s
        # Each morning: what is due until yesterday. Prints nothing if nothing is due.
        15 6 * * *  %s run %s --catch-up
        # Each Monday: a candidate, if the days in training/ and gate/, or what they are made from, changed; champion if the gate lets it pass.
        30 8 * * 1  %s training-set %s && %s train %s && %s gate %s
        """
        .formatted(zone, program, of, program, of, program, of, program, of);
  }
}
