package org.millrace.jobs.evaluate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How differently groups of rows are treated if rows from a score on are chosen. The two numbers
 * are those of Fairlearn's {@code demographic_parity_difference} and {@code
 * equalized_odds_difference} (Weerts et al., Fairlearn: Assessing and Improving Fairness of AI
 * Systems, JMLR 24, 2023), but for groups without a row of a label: they have no share among such
 * rows and do not count there, where Fairlearn takes 0.
 *
 * @param groups that were compared
 * @param demographicParity greatest difference in the share of chosen rows
 * @param equalizedOdds the greater of the differences in the share of chosen rows among those of
 *     label 1, and among those of label 0
 */
public record GroupDifferences(long groups, double demographicParity, double equalizedOdds) {
  private record Counts(long rows, long chosen, long positives, long chosenPositives) {
    double selectionRate() {
      return (double) chosen / rows;
    }

    double truePositiveRate() {
      return (double) chosenPositives / positives;
    }

    double falsePositiveRate() {
      return (double) (chosen - chosenPositives) / (rows - positives);
    }
  }

  /**
   * Compares; one Spark job. Driver.
   *
   * @param rows with the columns that follow
   * @param group column whose values are the groups; null is one of them
   * @param label column of 0 and 1
   * @param score column of numbers
   * @param positiveFrom the least score of a chosen row
   * @param leastRows of a group that counts
   */
  public static GroupDifferences of(
      Dataset<Row> rows,
      String group,
      String label,
      String score,
      double positiveFrom,
      long leastRows) {
    Column chosen = ProfiledColumns.column(rows, score).geq(positiveFrom);
    Column positive = ProfiledColumns.column(rows, label).cast("double").equalTo(1);
    List<Counts> counts =
        rows
            .groupBy(ProfiledColumns.column(rows, group))
            .agg(
                count(lit(1)).as("rows"),
                count_if(chosen).as("chosen"),
                count_if(positive).as("positives"),
                count_if(chosen.and(positive)).as("chosen_positives"))
            .where(col("rows").geq(leastRows))
            .select("rows", "chosen", "positives", "chosen_positives")
            .collectAsList()
            .stream()
            .map(row -> new Counts(row.getLong(0), row.getLong(1), row.getLong(2), row.getLong(3)))
            .toList();
    return new GroupDifferences(
        counts.size(),
        difference(counts, Counts::selectionRate),
        greater(
            difference(counts, Counts::truePositiveRate),
            difference(counts, Counts::falsePositiveRate)));
  }

  /** Of two of which one may be undefined. */
  private static double greater(double one, double other) {
    return Double.isNaN(one) ? other : Double.isNaN(other) ? one : Math.max(one, other);
  }

  /** NaN for fewer than two groups: nothing was compared. */
  private static double difference(List<Counts> counts, ToDoubleFunction<Counts> rate) {
    double[] rates =
        counts.stream().mapToDouble(rate).filter(share -> !Double.isNaN(share)).sorted().toArray();
    return rates.length < 2 ? Double.NaN : rates[rates.length - 1] - rates[0];
  }
}
