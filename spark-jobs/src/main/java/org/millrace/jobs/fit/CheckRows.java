package org.millrace.jobs.fit;

import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.millrace.registry.onnx.FeatureEncoding;

/**
 * The rows of an export check: up to nine in ten are rows as they are, chosen by the hash of their
 * content; the others are copies of them with one value missing or with a text that no training row
 * had, because the data at hand may lack such rows. Driver only.
 */
final class CheckRows {
  static final String POSITION = "position__";
  private static final String UNSEEN = "\u2205 never seen";

  private final FeatureEncoding encoding;
  private final int limit;

  CheckRows(FeatureEncoding encoding, int limit) {
    this.encoding = encoding;
    this.limit = limit;
  }

  /** Each row has the encoding's columns in order, then its position. */
  List<Row> choose(Dataset<Row> rows) {
    List<Column> columns = new ArrayList<>();
    encoding.numeric().forEach(c -> columns.add(ModelColumns.number(c.name()).as(c.name())));
    encoding.categorical().forEach(c -> columns.add(ModelColumns.quoted(c.name()).as(c.name())));
    Dataset<Row> typed = rows.select(columns.toArray(new Column[0]));
    List<Row> real =
        typed.orderBy(xxhash64(ModelColumns.all(typed))).limit(limit - limit / 10).collectAsList();
    List<Row> chosen = new ArrayList<>();
    real.forEach(row -> chosen.add(withPosition(row, chosen.size())));
    for (int copy = 0; copy < Math.min(limit / 10, real.size()); copy++) {
      chosen.add(withPosition(altered(real.get(copy), copy), chosen.size()));
    }

    return chosen;
  }

  StructType schema() {
    StructType schema = new StructType();
    for (FeatureEncoding.Numeric column : encoding.numeric()) {
      schema = schema.add(column.name(), DataTypes.FloatType);
    }

    for (FeatureEncoding.Categorical column : encoding.categorical()) {
      schema = schema.add(column.name(), DataTypes.StringType);
    }

    return schema.add(POSITION, DataTypes.IntegerType, false);
  }

  /** Every column in turn; NaN and null, null and an unseen text. */
  private Row altered(Row row, int copy) {
    @Nullable Object[] values = values(row);
    int column = copy % encoding.width();
    boolean numeric = column < encoding.numeric().size();
    boolean missing = copy / encoding.width() % 2 == 0;
    values[column] = missing ? null : numeric ? (Object) Float.NaN : UNSEEN;
    return RowFactory.create(values);
  }

  private static Row withPosition(Row row, int position) {
    @Nullable Object[] values = Arrays.copyOf(values(row), row.length() + 1);
    values[row.length()] = position;
    return RowFactory.create(values);
  }

  private static @Nullable Object[] values(Row row) {
    @Nullable Object[] values = new Object[row.length()];
    for (int column = 0; column < values.length; column++) {
      values[column] = row.get(column);
    }

    return values;
  }
}
