package org.millrace.jobs.fit;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.IntegralType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.registry.onnx.FeatureEncoding;

/**
 * A model's columns in Spark, before and after encoding. Numbers are float32 from the start: the
 * exported graph computes in float32, and only where both sides see the same value can they take
 * the same branch at a threshold. Driver only.
 */
final class ModelColumns {
  private static final String ENCODED = "encoded__";

  private ModelColumns() {}

  /** float32; a missing value or NaN is null. */
  static Column number(String name) {
    Column number = quoted(name).cast(DataTypes.FloatType);
    return when(number.isNaN(), lit(null)).otherwise(number);
  }

  /** Never null: a missing text is the empty one, as ONNX has no null. */
  static Column text(String name) {
    return coalesce(quoted(name), lit(""));
  }

  static Column quoted(String name) {
    return col("`" + name + "`");
  }

  static Column[] all(Dataset<Row> rows) {
    return Stream.of(rows.columns()).map(ModelColumns::quoted).toArray(Column[]::new);
  }

  /** Adds one number for each column of the encoding, under {@link #encodedName}. */
  static Dataset<Row> encode(Dataset<Row> rows, FeatureEncoding encoding) {
    List<Column> columns = new ArrayList<>(List.of(all(rows)));
    for (FeatureEncoding.Numeric column : encoding.numeric()) {
      Column filled = coalesce(number(column.name()), lit(column.fill()));
      columns.add(filled.as(encodedName(column.name())));
    }

    for (FeatureEncoding.Categorical column : encoding.categorical()) {
      Column code =
          udf(new Encode(column.codes(), column.unknown()), DataTypes.FloatType)
              .apply(text(column.name()));
      columns.add(code.as(encodedName(column.name())));
    }

    return rows.select(columns.toArray(new Column[0]));
  }

  static String encodedName(String name) {
    return ENCODED + name;
  }

  /** Refuses a data set that lacks columns or has them in the wrong type, all named at once. */
  static void require(
      Dataset<Row> rows, List<String> numeric, List<String> categorical, ClassLabels label) {
    Map<String, DataType> types = new HashMap<>();
    Stream.of(rows.schema().fields()).forEach(field -> types.put(field.name(), field.dataType()));
    List<String> problems = new ArrayList<>();
    numeric.stream()
        .filter(name -> !isNumber(types.get(name)))
        .forEach(name -> problems.add(problem(name, "a number", types.get(name))));
    DataType ofLabel = types.get(label.column());
    if (label.isOfClasses() ? !isClass(ofLabel) : !isNumber(ofLabel)) {
      String wanted = label.isOfClasses() ? "a text or a whole number" : "a number";
      problems.add(problem(label.column(), wanted, ofLabel));
    }

    categorical.stream()
        .filter(name -> !DataTypes.StringType.equals(types.get(name)))
        .forEach(name -> problems.add(problem(name, "a string", types.get(name))));
    if (!problems.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot train: "
              + String.join("; ", problems)
              + "; change the training definition or the feature views");
    }
  }

  private static boolean isNumber(@Nullable DataType type) {
    return type instanceof NumericType || type instanceof BooleanType;
  }

  private static boolean isClass(@Nullable DataType type) {
    return type instanceof StringType || type instanceof IntegralType;
  }

  private static String problem(String name, String wanted, @Nullable DataType given) {
    return "column '" + name + "' must be " + wanted + ", " + (given == null ? "not there" : given);
  }

  /** Looks a text up. Travels to executors. */
  static final class Encode implements UDF1<String, Float> {
    private static final long serialVersionUID = 1L;

    private final HashMap<String, Float> codes;
    private final float unknown;

    Encode(Map<String, Float> codes, float unknown) {
      this.codes = new HashMap<>(codes);
      this.unknown = unknown;
    }

    @Override
    public Float call(String text) {
      return codes.getOrDefault(text, unknown);
    }
  }
}
