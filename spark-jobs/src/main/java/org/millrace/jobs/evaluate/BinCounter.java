package org.millrace.jobs.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Counts one partition's values by day, feature and bin. Runs on executors; holds one number per
 * bin. Rows in: epoch day, numbers as doubles, texts. Rows out: {@link #SCHEMA}.
 */
final class BinCounter implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;

  /** {@code kind}: 0 a bin, 1 no value, 2 a text without a bin of its own. */
  static final StructType SCHEMA =
      new StructType()
          .add("day", DataTypes.LongType, false)
          .add("feature", DataTypes.IntegerType, false)
          .add("kind", DataTypes.IntegerType, false)
          .add("bin", DataTypes.StringType, false)
          .add("n", DataTypes.LongType, false);

  static final int BIN = 0;
  static final int NO_VALUE = 1;
  static final int OTHER = 2;

  private final double[][] edges;
  private final List<Set<String>> known;
  private final int texts;

  /**
   * @param edges of each number
   * @param texts how many follow the numbers
   * @param known values of each text that have a bin; empty where every value gets one
   */
  BinCounter(double[][] edges, int texts, List<Set<String>> known) {
    this.edges = edges;
    this.texts = texts;
    this.known = known;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    Map<Long, Counts> days = new HashMap<>();
    while (rows.hasNext()) {
      Row row = rows.next();
      days.computeIfAbsent(row.getLong(0), day -> new Counts()).add(row);
    }

    List<Row> out = new ArrayList<>();
    days.forEach((day, counts) -> counts.tell(day, out));
    return out.iterator();
  }

  private static int bin(double[] edges, double value) {
    int found = Arrays.binarySearch(edges, value + 0.0); // -0.0 is 0.0
    return found >= 0 ? found : -found - 1;
  }

  /** One day's. */
  private final class Counts {
    private final long[][] numbers = new long[edges.length][];
    private final long[] nulls = new long[edges.length + texts];
    private final long[] others = new long[texts];
    private final List<Map<String, long[]>> values = new ArrayList<>();

    Counts() {
      for (int i = 0; i < edges.length; i++) {
        numbers[i] = new long[edges[i].length + 1];
      }

      for (int i = 0; i < texts; i++) {
        values.add(new HashMap<>());
      }
    }

    void add(Row row) {
      for (int i = 0; i < edges.length; i++) {
        if (row.isNullAt(i + 1) || Double.isNaN(row.getDouble(i + 1))) {
          nulls[i]++;
        } else {
          numbers[i][bin(edges[i], row.getDouble(i + 1))]++;
        }
      }

      for (int i = 0; i < texts; i++) {
        int position = 1 + edges.length + i;
        addText(i, row.isNullAt(position) ? null : row.getString(position));
      }
    }

    private void addText(int text, @Nullable String value) {
      if (value == null) {
        nulls[edges.length + text]++;
      } else if (!known.isEmpty() && !known.get(text).contains(value)) {
        others[text]++;
      } else {
        values.get(text).computeIfAbsent(value, key -> new long[1])[0]++;
      }
    }

    void tell(long day, List<Row> out) {
      for (int i = 0; i < edges.length; i++) {
        for (int bin = 0; bin < numbers[i].length; bin++) {
          tell(day, i, BIN, Integer.toString(bin), numbers[i][bin], out);
        }
      }

      for (int i = 0; i < nulls.length; i++) {
        tell(day, i, NO_VALUE, "", nulls[i], out);
      }

      for (int i = 0; i < texts; i++) {
        int feature = edges.length + i;
        values.get(i).forEach((value, count) -> tell(day, feature, BIN, value, count[0], out));
        tell(day, feature, OTHER, "", others[i], out);
      }
    }

    private void tell(long day, int feature, int kind, String bin, long n, List<Row> out) {
      if (n > 0) {
        out.add(RowFactory.create(day, feature, kind, bin, n));
      }
    }
  }
}
