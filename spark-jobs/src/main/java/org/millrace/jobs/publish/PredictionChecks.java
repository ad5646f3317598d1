package org.millrace.jobs.publish;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.isnan;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Task;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.jobs.tables.PredictionColumns;

/**
 * What staged predictions must show before they become visible: one row for each spine row, no null
 * or NaN, scores in the range of the task and of the definition, a mean near that of the days
 * before.
 *
 * <p>Placement: driver only.
 */
final class PredictionChecks {
  private final ScoringDefinition scoring;
  private final SpineDefinition spine;
  private final ProbabilityChecks probabilities;
  private final double least;
  private final double greatest;

  PredictionChecks(Pipeline pipeline) {
    this.scoring = pipeline.scoring();
    this.spine = pipeline.spine();
    this.probabilities = new ProbabilityChecks(pipeline.training().classes(), spine.day());
    boolean isProbability = pipeline.training().task() != Task.REGRESSION;
    // beyond the range of a DOUBLE there is infinity alone
    this.least = scoring.bounds().min().orElse(isProbability ? 0 : -Double.MAX_VALUE);
    this.greatest = scoring.bounds().max().orElse(isProbability ? 1 : Double.MAX_VALUE);
  }

  /**
   * What was found.
   *
   * @param means mean score by day
   * @param miscounted where the rows are not those of the spine: scoring again gives others
   * @param odd where the scores are not what is allowed: scoring again gives the same
   */
  record Findings(
      NavigableMap<LocalDate, Double> means, List<String> miscounted, List<String> odd) {}

  /**
   * Checks staged rows; one Spark job, and one more for several classes.
   *
   * @param expectedRows spine rows by day
   * @param earlierMeans mean scores of published days, of the previous ones that the definition
   *     asks for as far as they are known
   * @return every broken check with value and bound
   */
  Findings check(
      Dataset<Row> staged, Map<LocalDate, Long> expectedRows, Map<LocalDate, Double> earlierMeans) {
    List<String> miscounted = new ArrayList<>();
    List<String> odd = new ArrayList<>();
    NavigableMap<LocalDate, Double> means = new TreeMap<>(earlierMeans);
    NavigableMap<LocalDate, Double> own = new TreeMap<>();
    Map<LocalDate, Long> missing = new TreeMap<>(expectedRows);
    for (Row day : byDay(staged)) {
      LocalDate date = day.getLocalDate(0);
      checkCounts(miscounted, day, missing.remove(date));
      checkScores(odd, day);
      double mean = day.isNullAt(5) ? Double.NaN : day.getDouble(5);
      checkMean(odd, date, mean, means);
      means.put(date, mean);
      own.put(date, mean);
    }

    odd.addAll(probabilities.check(staged));
    missing.values().removeIf(rows -> rows == 0);
    missing.forEach((date, rows) -> miscounted.add(date + ": 0 rows, expected " + rows));
    return new Findings(own, miscounted, odd);
  }

  private List<Row> byDay(Dataset<Row> staged) {
    Column score = col(PredictionColumns.SCORE);
    Column broken = score.isNull().or(isnan(score));
    Column outside = score.lt(least).or(score.gt(greatest));
    Column[] moreIds = spine.id().stream().skip(1).map(functions::col).toArray(Column[]::new);
    return staged
        .groupBy(col(spine.day()))
        .agg(
            count(lit(1)),
            countDistinct(col(spine.id().get(0)), moreIds),
            sum(when(broken, 1).otherwise(0)),
            sum(when(outside, 1).otherwise(0)),
            avg(score))
        .orderBy(col(spine.day()))
        .collectAsList();
  }

  private static void checkCounts(List<String> failures, Row day, @Nullable Long expected) {
    LocalDate date = day.getLocalDate(0);
    if (expected == null || day.getLong(1) != expected) {
      failures.add(
          date
              + ": "
              + day.getLong(1)
              + " rows, expected "
              + (expected == null ? 0 : expected)
              + ", as many as the spine has");
    }

    if (day.getLong(1) != day.getLong(2)) {
      failures.add(
          date + ": " + (day.getLong(1) - day.getLong(2)) + " rows repeat an id, allowed 0");
    }
  }

  private void checkScores(List<String> failures, Row day) {
    LocalDate date = day.getLocalDate(0);
    if (day.getLong(3) != 0) {
      failures.add(date + ": " + day.getLong(3) + " scores are null or NaN, allowed 0");
    }

    if (day.getLong(4) != 0) {
      failures.add(date + ": " + day.getLong(4) + " scores lie outside " + range() + ", allowed 0");
    }
  }

  private String range() {
    return least == -Double.MAX_VALUE && greatest == Double.MAX_VALUE
        ? "the finite numbers"
        : "[" + shown(least) + ", " + shown(greatest) + "]";
  }

  private static String shown(double bound) {
    return Math.abs(bound) == Double.MAX_VALUE
        ? "any"
        : BigDecimal.valueOf(bound).stripTrailingZeros().toPlainString();
  }

  private void checkMean(
      List<String> failures, LocalDate date, double mean, NavigableMap<LocalDate, Double> earlier) {
    int previousDays = scoring.bounds().previousDays();
    Map<LocalDate, Double> previous =
        earlier.subMap(date.minusDays(previousDays), true, date, false);
    if (previousDays == 0 || previous.isEmpty()) {
      return;
    }

    double reference =
        previous.values().stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    double tolerance = scoring.bounds().meanTolerance();
    if (!(Math.abs(mean - reference) <= tolerance)) {
      failures.add(
          String.format(
              Locale.ROOT,
              "%s: mean score %.4f differs from %.4f, the mean of the %d days before, by more than mean-tolerance %.4f",
              date,
              mean,
              reference,
              previous.size(),
              tolerance));
    }
  }
}
