package org.millrace.features.asof;

import org.apache.spark.SparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * A filter that lets every row pass and counts it on the way, without a second look at the data.
 * Built on the driver; only the counter travels.
 */
final class CountRows implements UDF1<Long, Boolean> {
  private static final long serialVersionUID = 1L;

  private final RowCounter counter;

  private CountRows(RowCounter counter) {
    this.counter = counter;
  }

  /**
   * The same rows, counted when an action reads them.
   *
   * @param flags BIGINT, never null: bit n set counts for flag n
   */
  static Dataset<Row> in(Dataset<Row> rows, Column flags, RowCounter counter) {
    SparkContext context = rows.sparkSession().sparkContext();
    context.register(counter);
    // not deterministic: the optimiser must neither drop it, nor move it, nor run it twice
    return rows.filter(
        functions
            .udf(new CountRows(counter), DataTypes.BooleanType)
            .asNondeterministic()
            .apply(flags));
  }

  @Override
  public Boolean call(Long flags) {
    counter.add(flags);
    return true;
  }
}
