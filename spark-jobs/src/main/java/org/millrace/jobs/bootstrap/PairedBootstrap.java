package org.millrace.jobs.bootstrap;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.unix_date;
import static org.apache.spark.sql.functions.xxhash64;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Resamples of rows that two models have scored, and their metrics in each. The same rows and seed
 * give the same resamples, however the rows lie.
 *
 * <p>Placement: driver; executors draw and add up, and send an array of numbers for each Spark
 * partition. Passes over the rows: one for the days, one for all means, and for AUC one for each
 * model, sorted by its score.
 */
public final class PairedBootstrap {
  private static final String KEY = "key";
  private static final String DAY = "day";
  private static final String LABEL = "label";
  private static final String CANDIDATE = "candidate";
  private static final String CHAMPION = "champion";

  private final PoissonWeights weights;

  /**
   * Prepares resamples.
   *
   * @param resamples how many, at least 1
   * @param seed that all follow from
   */
  public PairedBootstrap(int resamples, long seed) {
    this.weights = new PoissonWeights(seed, resamples);
  }

  /**
   * The rows as resamples read them.
   *
   * @param scored rows with the columns that follow
   * @param ids columns that name a row uniquely
   * @param day column of type DATE, the stratum
   * @param label column of what came true, a number
   * @param candidate column of the one model's scores
   * @param champion column of the other's
   * @param more columns to keep, under their names; of names of their own
   */
  public static Dataset<Row> pairs(
      Dataset<Row> scored,
      List<String> ids,
      String day,
      String label,
      String candidate,
      String champion,
      List<Column> more) {
    List<Column> columns =
        new ArrayList<>(
            List.of(
                xxhash64(ids.stream().map(PairedBootstrap::quoted).toArray(Column[]::new)).as(KEY),
                unix_date(quoted(day)).as(DAY),
                quoted(label).cast("double").as(LABEL),
                // no score is -0.0: it would be sorted apart from 0.0
                quoted(candidate).cast("double").plus(lit(0.0)).as(CANDIDATE),
                quoted(champion).cast("double").plus(lit(0.0)).as(CHAMPION)));
    columns.addAll(more);
    return scored.select(columns.toArray(Column[]::new));
  }

  /**
   * The metrics in each resample.
   *
   * @param pairs at least one row of {@link #pairs}, cached: they are read several times
   */
  public Map<SampledMetric, Resamples> resample(Dataset<Row> pairs, List<SampledMetric> metrics) {
    PoissonWeights drawn = weights; // tasks get it without this object
    DayWeights days = new DayWeights(drawn);
    each(rows(pairs), rows -> DayWeights.count(drawn, rows)).forEach(days::add);
    Map<SampledMetric, Resamples> resampled = new LinkedHashMap<>();
    List<SampledMetric> ratios = metrics.stream().filter(SampledMetric::isRatio).toList();
    if (!ratios.isEmpty()) {
      RatioSums sums = new RatioSums(ratios, days.width());
      each(rows(pairs), rows -> RatioSums.of(ratios, days, rows)).forEach(sums::add);
      ratios.forEach(metric -> resampled.put(metric, sums.of(metric)));
    }

    if (metrics.contains(SampledMetric.AUC)) {
      resampled.put(
          SampledMetric.AUC,
          new Resamples(
              auc(pairs, days, CANDIDATE, PairedRow::candidate),
              auc(pairs, days, CHAMPION, PairedRow::champion)));
    }

    return resampled;
  }

  private static double[] auc(
      Dataset<Row> pairs, DayWeights days, String by, SerializableScore score) {
    Dataset<Row> sorted =
        pairs
            .select(KEY, DAY, LABEL, CANDIDATE, CHAMPION)
            .repartitionByRange(col(by))
            .sortWithinPartitions(by);
    return RankSums.auc(each(rows(sorted), rows -> RankSums.of(days, rows, score)), days.width());
  }

  private interface SerializableScore extends ToDoubleFunction<PairedRow>, Serializable {}

  private interface PartitionTask<T> extends Function<Iterator<PairedRow>, T>, Serializable {}

  private static <T> List<T> each(JavaRDD<PairedRow> rows, PartitionTask<T> task) {
    return rows.mapPartitions(part -> List.of(task.apply(part)).iterator()).collect();
  }

  private static JavaRDD<PairedRow> rows(Dataset<Row> pairs) {
    return pairs
        .select(KEY, DAY, LABEL, CANDIDATE, CHAMPION)
        .toJavaRDD()
        .mapPartitions(PairedBootstrap::read);
  }

  private static Iterator<PairedRow> read(Iterator<Row> rows) {
    Iterable<Row> once = () -> rows;
    return StreamSupport.stream(once.spliterator(), false)
        .map(
            row ->
                new PairedRow(
                    row.getLong(0),
                    row.getInt(1),
                    row.getDouble(2),
                    row.getDouble(3),
                    row.getDouble(4)))
        .iterator();
  }

  private static Column quoted(String name) {
    return col("`" + name + "`");
  }
}
