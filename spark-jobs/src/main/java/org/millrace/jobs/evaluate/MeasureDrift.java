package org.millrace.jobs.evaluate;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.unix_date;

import java.time.LocalDate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * Compares features with those a model was trained on, in one pass. Driver.
 *
 * <p>PSI: the sum over bins of (now - reference) x ln(now / reference) of the shares, null being a
 * bin of its own, and texts unknown to the reference another. A share below 0.0001 counts as
 * 0.0001. Common reading: below 0.1 stable, above 0.2 changed.
 */
public final class MeasureDrift {
  private static final long NO_DAY = Long.MIN_VALUE;

  private MeasureDrift() {}

  /**
   * All rows as one slice.
   *
   * @return by feature, in the reference's order
   * @throws MillraceException DATA_CONTRACT where there is no row or a column does not suit
   */
  public static Map<String, Drift> compare(FeatureProfile reference, Dataset<Row> now) {
    FeatureProfile profile = FeatureCounts.like(reference, now, lit(0L)).get(0L);
    if (profile == null) {
      throw broken("there is no row");
    }

    return drift(reference, profile.features());
  }

  /**
   * Counts each day on its own, in one pass, in the bins of a reference.
   *
   * @param day column of type DATE; must not be null
   * @return by day, ascending, then by feature; days without rows are absent
   * @throws MillraceException DATA_CONTRACT where a row has no day or a column does not suit
   */
  public static NavigableMap<LocalDate, Map<String, FeatureBins>> countByDay(
      FeatureProfile reference, Dataset<Row> now, String day) {
    Column epochDay =
        coalesce(unix_date(ProfiledColumns.column(now, day)).cast(DataTypes.LongType), lit(NO_DAY));
    NavigableMap<LocalDate, Map<String, FeatureBins>> days = new TreeMap<>();
    FeatureCounts.like(reference, now, epochDay)
        .forEach(
            (epoch, profile) -> {
              if (epoch == NO_DAY) {
                throw broken(profile.rows() + " rows have no " + day);
              }

              days.put(LocalDate.ofEpochDay(epoch), profile.features());
            });
    return days;
  }

  /**
   * Compares the rows of some days together.
   *
   * @param counts at least one, in the bins of the reference; days that lack a feature do not count
   *     for it
   * @return by feature that one of them has, in the reference's order
   */
  public static Map<String, Drift> compareCounts(
      FeatureProfile reference, Collection<Map<String, FeatureBins>> counts) {
    Map<String, FeatureBins> together = new LinkedHashMap<>();
    for (String name : reference.features().keySet()) {
      counts.stream()
          .flatMap(day -> Optional.ofNullable(day.get(name)).stream())
          .reduce(FeatureBins::plus)
          .ifPresent(bins -> together.put(name, bins));
    }

    return drift(reference, together);
  }

  private static Map<String, Drift> drift(FeatureProfile reference, Map<String, FeatureBins> now) {
    Map<String, FeatureBins> before = reference.features();
    Map<String, Drift> drift = new LinkedHashMap<>();
    now.forEach(
        (name, after) -> {
          FeatureBins bins = requireNonNull(before.get(name), "the same features are counted");
          drift.put(
              name,
              new Drift(
                  PopulationStability.index(bins, after),
                  Homogeneity.probability(bins, after),
                  bins.nullRate(),
                  after.nullRate(),
                  after.rows()));
        });
    return drift;
  }

  private static MillraceException broken(String reason) {
    return new MillraceException(
        ErrorCategory.DATA_CONTRACT, "Cannot compare features with their reference: " + reason);
  }
}
