package org.millrace.jobs.fit;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.sum;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.registry.onnx.FeatureEncoding;

/**
 * Learns an encoding from the training rows: exact medians, and categories in the order of their
 * mean label, so that a tree splits "often late" from "seldom late" with one threshold. Driver
 * only.
 */
final class FitEncoding {
  // A percentile holds each distinct value of its column: a few columns at a time bound the memory
  private static final int COLUMNS_PER_PASS = 8;
  private static final int MAX_CATEGORIES = 10_000;
  // A category with few rows is drawn towards the overall mean, as if it had this many more of it
  private static final double PRIOR_ROWS = 20;

  private final Dataset<Row> rows;

  FitEncoding(Dataset<Row> rows) {
    this.rows = rows;
  }

  FeatureEncoding fit(List<String> numeric, List<String> categorical) {
    List<FeatureEncoding.Numeric> numbers = new ArrayList<>();
    for (int from = 0; from < numeric.size(); from += COLUMNS_PER_PASS) {
      numbers.addAll(
          medians(numeric.subList(from, Math.min(from + COLUMNS_PER_PASS, numeric.size()))));
    }

    return new FeatureEncoding(numbers, categorical.stream().map(this::codes).toList());
  }

  private List<FeatureEncoding.Numeric> medians(List<String> names) {
    List<Column> aggregates = new ArrayList<>();
    for (String name : names) {
      aggregates.add(expr("percentile(`" + name + "`, 0.5)"));
      aggregates.add(max(abs(ModelColumns.quoted(name))));
    }

    Row found = rows.select(aggregates.toArray(new Column[0])).first();
    List<FeatureEncoding.Numeric> medians = new ArrayList<>();
    for (int column = 0; column < names.size(); column++) {
      medians.add(median(names.get(column), found, 2 * column));
    }

    return medians;
  }

  private static FeatureEncoding.Numeric median(String name, Row found, int position) {
    if (found.isNullAt(position)) {
      // no value at all: a constant, which no tree can split on
      return new FeatureEncoding.Numeric(name, 0f);
    }

    if (Float.isInfinite(found.getFloat(position + 1))) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot train on column '"
              + name
              + "': it has infinite values, or ones beyond float32 ("
              + Float.MAX_VALUE
              + "); make them null in the feature view");
    }

    return new FeatureEncoding.Numeric(name, (float) found.getDouble(position));
  }

  private FeatureEncoding.Categorical codes(String name) {
    List<Row> groups =
        rows.groupBy(ModelColumns.quoted(name))
            .agg(count(lit(1)), sum(TrainingRows.LABEL))
            .limit(MAX_CATEGORIES + 1)
            .collectAsList();
    if (groups.size() > MAX_CATEGORIES) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot train on category '"
              + name
              + "': it has more than "
              + MAX_CATEGORIES
              + " values; leave it out, or group its values in the feature view");
    }

    double overall = overallMean(groups);
    List<Category> categories =
        new ArrayList<>(groups.stream().map(group -> Category.of(group, overall)).toList());
    if (categories.stream().noneMatch(category -> category.text().isEmpty())) {
      categories.add(new Category("", overall));
    }

    categories.sort(Comparator.comparingDouble(Category::mean).thenComparing(Category::text));
    TreeMap<String, Float> codes = new TreeMap<>();
    for (Category category : categories) {
      codes.put(category.text(), (float) codes.size());
    }

    // missing and unknown share a code, between the categories that are late more and less often
    Float unknown = codes.remove("");
    return new FeatureEncoding.Categorical(name, codes, unknown == null ? 0f : unknown);
  }

  private static double overallMean(List<Row> groups) {
    double ones = groups.stream().mapToDouble(group -> group.getDouble(2)).sum();
    return ones / groups.stream().mapToLong(group -> group.getLong(1)).sum();
  }

  private record Category(String text, double mean) {
    static Category of(Row group, double overall) {
      double ones = group.getDouble(2) + PRIOR_ROWS * overall;
      return new Category(group.getString(0), ones / (group.getLong(1) + PRIOR_ROWS));
    }
  }
}
