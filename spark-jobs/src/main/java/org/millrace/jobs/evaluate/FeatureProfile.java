package org.millrace.jobs.evaluate;

import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;

/**
 * How features were spread when a model was trained: the reference that later days are compared
 * with. Immutable; kept as JSON beside the model.
 */
public final class FeatureProfile implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Above it, deciles are taken from a sample of about as many rows. */
  private static final long MOST_ROWS = 1_000_000;

  private static final String DECILES = "array(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)";

  private final long rows;
  private final Map<String, FeatureBins> numeric;
  private final Map<String, FeatureBins> categorical;

  /** For JSON. */
  @JsonCreator
  FeatureProfile(
      @JsonProperty("rows") long rows,
      @JsonProperty("numeric") Map<String, FeatureBins> numeric,
      @JsonProperty("categorical") Map<String, FeatureBins> categorical) {
    this.rows = rows;
    this.numeric = new LinkedHashMap<>(numeric);
    this.categorical = new LinkedHashMap<>(categorical);
  }

  /**
   * Profiles a training set: a count, one pass for the deciles of all numbers, one for all counts.
   * The same rows give the same profile, however they are partitioned.
   *
   * @param numeric columns of numbers or booleans; null and NaN are missing
   * @param categorical columns of texts; the 50 most frequent values get a bin of their own
   * @throws MillraceException DATA_CONTRACT where there is no row or a column does not suit
   */
  public static FeatureProfile of(
      Dataset<Row> rows, List<String> numeric, List<String> categorical) {
    return of(rows, numeric, categorical, MOST_ROWS);
  }

  static FeatureProfile of(
      Dataset<Row> rows, List<String> numeric, List<String> categorical, long mostRows) {
    ProfiledColumns columns = new ProfiledColumns(numeric, categorical);
    columns.requireIn(rows.schema());
    List<List<Double>> edges = deciles(rows, numeric, mostRows);
    FeatureProfile profile = FeatureCounts.mostFrequent(rows, columns, edges);
    if (profile.rows == 0) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT, "Cannot profile features: there is no row");
    }

    return profile;
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws MillraceException DATA_CONTRACT where it is no profile
   */
  public static FeatureProfile fromJson(String json) {
    try {
      return Json.MAPPER.readValue(json, FeatureProfile.class);
    } catch (JsonProcessingException e) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot read a feature profile: " + e.getOriginalMessage() + "; train the model again",
          e);
    }
  }

  /** The same without some features. */
  public FeatureProfile without(Collection<String> names) {
    Map<String, FeatureBins> numbers = numeric();
    Map<String, FeatureBins> texts = categorical();
    numbers.keySet().removeAll(names);
    texts.keySet().removeAll(names);
    return new FeatureProfile(rows, numbers, texts);
  }

  /** One line of JSON. */
  public String toJson() {
    try {
      return Json.MAPPER.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new MillraceException(
          ErrorCategory.INTERNAL, "Cannot write a feature profile as JSON", e);
    }
  }

  /** Rows profiled. */
  @JsonProperty("rows")
  public long rows() {
    return rows;
  }

  /** Numbers, by column, in the order given. */
  @JsonProperty("numeric")
  public Map<String, FeatureBins> numeric() {
    return new LinkedHashMap<>(numeric);
  }

  /** Texts, by column, in the order given. */
  @JsonProperty("categorical")
  public Map<String, FeatureBins> categorical() {
    return new LinkedHashMap<>(categorical);
  }

  /** All features, numbers first. */
  public Map<String, FeatureBins> features() {
    Map<String, FeatureBins> all = numeric();
    all.putAll(categorical);
    return all;
  }

  /** Spark's exact percentiles: its approximate ones depend on the order in which tasks end. */
  private static List<List<Double>> deciles(
      Dataset<Row> rows, List<String> numeric, long mostRows) {
    if (numeric.isEmpty()) {
      return List.of();
    }

    Column[] doubles =
        numeric.stream()
            .map(name -> ProfiledColumns.column(rows, name).cast(DataTypes.DoubleType).as(name))
            .toArray(Column[]::new);
    Column[] all =
        numeric.stream().map(ProfiledColumns::quoted).map(functions::col).toArray(Column[]::new);
    long oneIn = (rows.count() + mostRows - 1) / mostRows;
    Dataset<Row> sample =
        oneIn <= 1
            ? rows.select(doubles)
            : rows.select(doubles).where(pmod(xxhash64(all), lit(oneIn)).equalTo(0L));
    Column[] percentiles =
        numeric.stream()
            .map(ProfiledColumns::quoted)
            .map(name -> expr("percentile(nanvl(%s, null), %s)".formatted(name, DECILES)))
            .toArray(Column[]::new);
    Row found = sample.select(percentiles).head();
    List<List<Double>> edges = new ArrayList<>();
    for (int i = 0; i < numeric.size(); i++) {
      List<Double> values = found.isNullAt(i) ? List.of() : found.getList(i);
      edges.add(values.stream().map(value -> value + 0.0).distinct().sorted().toList());
    }

    return edges;
  }
}
