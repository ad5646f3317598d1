package org.millrace.features.asof;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Sampled spine rows that an oracle answers, and the columns it adds to them. Held by the driver;
 * not thread-safe.
 */
public final class OracleSample {
  /** Column of {@link #questions}: INT, the number of a row, from 0. */
  public static final String ROW = "row";

  /** Column of {@link #questions}: TIMESTAMP, the moment the row asks from. */
  public static final String AS_OF = "as_of";

  /** Prefix of the key columns of {@link #questions}, before a number from 0. */
  public static final String KEY = "spine_key";

  private final SparkSession spark;
  private final String asOf;
  private final StructType spine;
  private final List<Row> rows;
  private final List<List<@Nullable Object>> enriched = new ArrayList<>();
  private StructType schema;

  private OracleSample(SparkSession spark, String asOf, StructType spine, List<Row> rows) {
    this.spark = spark;
    this.asOf = asOf;
    this.spine = spine;
    this.rows = rows;
    this.schema = spine;
    rows.forEach(row -> enriched.add(values(row)));
  }

  /**
   * Reads a sample; one Spark job.
   *
   * @param sample few enough for the driver's memory: hundreds
   * @param asOf TIMESTAMP column: the moment each row asks from
   */
  public static OracleSample collect(Dataset<Row> sample, String asOf) {
    return new OracleSample(
        sample.sparkSession(), asOf, sample.schema(), List.copyOf(sample.collectAsList()));
  }

  /** Number, as-of time and these columns of each row. */
  public Dataset<Row> questions(Collection<String> keys) {
    StructType asked =
        new StructType().add(ROW, DataTypes.IntegerType, false).add(AS_OF, DataTypes.TimestampType);
    int number = 0;
    for (String key : keys) {
      asked = asked.add(KEY + number++, spine.apply(key).dataType());
    }

    List<Row> questions = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      List<@Nullable Object> question = new ArrayList<>();
      question.add(i);
      question.add(rows.get(i).getAs(asOf));
      for (String key : keys) {
        question.add(rows.get(i).getAs(key));
      }
      questions.add(RowFactory.create(question.toArray()));
    }

    return spark.createDataFrame(questions, asked);
  }

  /** Adds columns, whose values are given by the number of the row. */
  public void add(List<StructField> fields, IntFunction<List<@Nullable Object>> values) {
    for (int i = 0; i < rows.size(); i++) {
      enriched.get(i).addAll(values.apply(i));
    }
    for (StructField field : fields) {
      schema = schema.add(field);
    }
  }

  /** The rows in the order they came, with the columns added. */
  public Dataset<Row> rows() {
    List<Row> output =
        enriched.stream().map(values -> RowFactory.create(values.toArray())).toList();
    return spark.createDataFrame(output, schema);
  }

  private static List<@Nullable Object> values(Row row) {
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < row.size(); i++) {
      values.add(row.get(i));
    }

    return values;
  }
}
