package org.millrace.jobs.score.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.testing.TestSpark;

/** Every type and shape that goes in and comes out, by columns and by rows. */
class TestInputsAndOutputs {
  private static final String[] TYPES = {
    "id",
    "cast(id / 3 AS float) AS f",
    "id / 7D AS d",
    "cast(id / 8 AS float) AS h", // halves hold these as they are
    "id * 10000000000 AS l",
    "cast(id * -3 AS int) AS i",
    "cast(id AS smallint) AS s",
    "cast(id - 20 AS tinyint) AS t",
    "cast(id AS tinyint) AS u",
    "id % 2 = 0 AS flag",
    "concat('é', id) AS text"
  };
  private static final Map<String, String> BY_TYPE =
      Map.of(
          "float", "f", "double", "d", "float16", "h", "int64", "l", "int32", "i", "int16", "s",
          "int8", "t", "uint8", "u", "bool", "flag", "string", "text");

  @TempDir private Path directory;
  private final SparkSession spark = TestSpark.session();

  @AfterEach
  void nothingIsLeftOpen() {
    OpenHandles.requireNone();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyElementTypeComesBackAsItWent(boolean columns) {
    Dataset<Row> rows = given(spark.range(0, 50, 1, 2).selectExpr(TYPES), columns);

    Dataset<Row> scored =
        OnnxScoring.of(OnnxModel.of("types", "1", TestModels.everyType()))
            .inputs(BY_TYPE)
            .keep("id")
            .outputs()
            .batchRows(8)
            .apply(rows);

    assertThat(scored.schema().simpleString())
        .isEqualTo(
            "struct<id:bigint,float_out:float,double_out:double,float16_out:float,int64_out:bigint,int32_out:int,"
                + "int16_out:smallint,int8_out:tinyint,uint8_out:smallint,bool_out:boolean,"
                + "string_out:string>");
    List<String> expected = rows.orderBy("id").collectAsList().stream().map(Row::toString).toList();
    assertThat(scored.orderBy("id").collectAsList())
        .extracting(Row::toString)
        .containsExactlyElementsOf(expected);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void arraysOfAnyNumberFillAMatrix(boolean columns) {
    Dataset<Row> rows =
        given(
            spark
                .range(0, 30, 1, 2)
                .selectExpr(
                    "id",
                    "transform(sequence(1, 6), i -> cast(i * id AS float)) AS a",
                    "transform(sequence(1, 6), i -> i * id / 2D) AS d",
                    "transform(sequence(1, 6), i -> i * id) AS l"),
            columns);

    for (String column : List.of("a", "d")) {
      byte[] model = TestModels.identity(TensorProto.DataType.FLOAT, 2, 3);
      List<Row> scored = identity(model, column).apply(rows).orderBy("id").collectAsList();
      assertThat(
              scored
                  .get(3)
                  .getList(1)
                  .toString()
                  .replaceAll("ArraySeq|WrappedArray|ArrayBuffer", ""))
          .isEqualTo(
              column.equals("a")
                  ? "[(3.0, 6.0, 9.0), (12.0, 15.0, 18.0)]"
                  : "[(1.5, 3.0, 4.5), (6.0, 7.5, 9.0)]");
    }

    byte[] tokens = TestModels.identity(TensorProto.DataType.INT64, -1);
    List<Row> scored = identity(tokens, "l").apply(rows).orderBy("id").collectAsList();
    assertThat(scored.get(3).<Long>getList(1)).containsExactly(3L, 6L, 9L, 12L, 15L, 18L);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void vectorsFillAMatrix(boolean columns) {
    StructType schema =
        new StructType().add("id", DataTypes.LongType).add("v", SQLDataTypes.VectorType());
    Vector sparse = Vectors.sparse(3, new int[] {2}, new double[] {5});
    Dataset<Row> rows =
        given(
            spark.createDataFrame(
                List.of(
                    RowFactory.create(0L, Vectors.dense(1, 2, 3)), RowFactory.create(1L, sparse)),
                schema),
            columns);

    List<Row> scored =
        identity(TestModels.identity(TensorProto.DataType.FLOAT, 3), "v")
            .keep("id", "v")
            .apply(rows)
            .orderBy("id")
            .collectAsList();

    assertThat(scored.get(0).<Float>getList(2)).containsExactly(1f, 2f, 3f);
    assertThat(scored.get(1).<Float>getList(2)).containsExactly(0f, 0f, 5f);
    assertThat(scored.get(1).<Vector>getAs("v")).isEqualTo(sparse);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void mapsOfAClassifierBecomeAMapAColumnOrAScore(boolean texts) {
    OnnxModel model = OnnxModel.of("zip", "1", TestModels.zipMap(texts));
    Dataset<Row> rows =
        given(
            spark.range(0, 20).selectExpr("id", "cast(id - 10 AS float) a", "cast(0 AS float) b"),
            true);
    List<String> features = List.of("a", "b");

    Dataset<Row> whole =
        OnnxScoring.of(model).input("features", features).keep("id").outputs().apply(rows);
    Dataset<Row> byKey =
        OnnxScoring.of(model)
            .input("features", features)
            .modelOutput("by_class", texts ? "yes" : "1")
            .keep("id")
            .apply(rows);
    Dataset<Row> byIndex =
        OnnxScoring.of(model)
            .input("features", features)
            .modelOutput("probabilities", "1")
            .keep("id")
            .apply(rows);

    assertThat(whole.schema().simpleString())
        .isEqualTo(
            "struct<id:bigint,label:bigint,probabilities:array<float>,by_class:map<"
                + (texts ? "string" : "bigint")
                + ",float>>");
    List<Row> rowsOut = whole.orderBy("id").collectAsList();
    for (int i = 0; i < 20; i++) {
      float second = rowsOut.get(i).<Float>getList(2).get(1);
      assertThat(rowsOut.get(i).getLong(1)).isEqualTo(i < 10 ? 1 : 0);
      assertThat(rowsOut.get(i).getJavaMap(3)).hasSize(2).containsValue(second);
    }

    List<Row> keyed = byKey.orderBy("id").collectAsList();
    assertThat(keyed).isEqualTo(byIndex.orderBy("id").collectAsList());
    assertThat((float) keyed.get(3).getDouble(1))
        .isEqualTo(rowsOut.get(3).<Float>getList(2).get(1).floatValue());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void missingValuesFollowTheirColumnsPolicy(boolean columns) {
    Dataset<Row> rows =
        given(
            spark.sql(
                "SELECT id, if(id = 1, null, 5F) AS x, if(id = 2, float('NaN'), 6F) AS y FROM range(3)"),
            columns);
    OnnxScoring scoring =
        OnnxScoring.of(OnnxModel.of("id", "1", TestModels.identity(TensorProto.DataType.FLOAT, 2)))
            .input("features", List.of("x", "y"))
            .keep("id")
            .outputs(Map.of("same", "same"));

    List<Row> scored =
        scoring.nulls("x", NullPolicy.value(-1)).apply(rows).orderBy("id").collectAsList();
    assertThat(scored).extracting(row -> row.<Float>getList(1).get(0)).containsExactly(5f, -1f, 5f);
    assertThat(scored)
        .extracting(row -> row.<Float>getList(1).get(1))
        .containsExactly(6f, 6f, Float.NaN);
    assertThat(scoring.counts().nullInputs()).isEqualTo(Map.of("x", 1L, "y", 1L));

    Throwable thrown =
        catchThrowable(() -> scoring.nulls("y", NullPolicy.reject()).apply(rows).collectAsList());
    assertThat(thrown)
        .rootCause()
        .hasMessageStartingWith(
            "Cannot score: column y is null or NaN in the row {id=2}, and no value is defined that the model gets in its place");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void valuesMissingInArraysFollowTheirColumnsPolicy(boolean columns) {
    int width = 1001; // some rows to a block, and none a multiple of eight
    Dataset<Row> rows =
        given(
            spark
                .range(0, 40, 1, 2)
                .selectExpr(
                    "id",
                    "transform(sequence(1, 1001), i -> CASE WHEN id = 7 AND i = 1000 THEN float('NaN')"
                        + " WHEN id = 9 AND i = 3 THEN float('Infinity') WHEN id = 11 THEN float('3e38')"
                        + " ELSE cast(i * id AS float) END) AS x"),
            columns);
    OnnxScoring scoring =
        identity(TestModels.identity(TensorProto.DataType.FLOAT, width), "x").batchRows(16);

    List<Row> scored =
        scoring
            .nulls("x", NullPolicy.value(-1))
            .keep("id", "x")
            .apply(rows)
            .orderBy("id")
            .collectAsList();

    for (Row row : scored) {
      List<Float> expected = new ArrayList<>(row.getList(1));
      expected.replaceAll(value -> Float.isNaN(value) ? -1f : value);
      assertThat(row.<Float>getList(2)).isEqualTo(expected);
    }

    assertThat(scored.get(7).<Float>getList(2).get(999)).isEqualTo(-1f);
    assertThat(scored.get(9).<Float>getList(2).get(2)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(scoring.counts().nullInputs()).isEqualTo(Map.of("x", 1L));
    assertThat(
            catchThrowable(
                () -> scoring.nulls("x", NullPolicy.reject()).apply(rows).collectAsList()))
        .rootCause()
        .hasMessageStartingWith(
            "Cannot score: column x is null or NaN in the row {id=7, x=WrappedArray(7.0, 14.0, 21.0, 28.0, 35.0, 42.0, 49.0, 56.0, ...}, and");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void numbersThatTheModelsTypeCannotHoldAreRefused(boolean columns) {
    Dataset<Row> rows =
        given(
            spark.sql(
                "SELECT id, 100 * id AS u, if(id = 2, 200, 1) AS t, if(id = 1, 1000000, 1) AS wide,"
                    + " if(id = 1, 70000F, 1F) AS h FROM range(4)"),
            columns);

    for (Object[] unfit :
        new Object[][] {
          {TensorProto.DataType.UINT8, "u", "{id=3}", "is 300", "UINT8"},
          {TensorProto.DataType.INT8, "t", "{id=2}", "is 200", "INT8"},
          {TensorProto.DataType.INT16, "wide", "{id=1}", "is 1000000", "INT16"},
          {TensorProto.DataType.FLOAT16, "h", "{id=1}", "is 70000.0", "FLOAT16"},
        }) {
      byte[] model = TestModels.identity((TensorProto.DataType) unfit[0], 1);
      OnnxScoring scoring = identity(model, (String) unfit[1]).keep("id");
      assertThatThrownBy(() -> scoring.apply(rows).collectAsList())
          .rootCause()
          .hasMessage(
              "Cannot score: column %s %s in the row %s, and the model's input is %s, which cannot hold it; correct the value"
                  .formatted(unfit[1], unfit[3], unfit[2], unfit[4]));
    }

    assertThat(
            identity(TestModels.identity(TensorProto.DataType.UINT8, 1), "u")
                .apply(rows.where("id < 3"))
                .orderBy("id")
                .collectAsList())
        .extracting(row -> row.getShort(1))
        .containsExactly((short) 0, (short) 100, (short) 200);
  }

  @Test
  void aNullIsNoText() {
    byte[] model = TestModels.identity(TensorProto.DataType.STRING, 1);
    Dataset<Row> rows = spark.sql("SELECT id, if(id = 1, null, 'a') AS x FROM range(3)");

    assertThatThrownBy(() -> identity(model, "x").keep("id").apply(rows).collectAsList())
        .rootCause()
        .hasMessageStartingWith("Cannot score: column x is null or NaN in the row {id=1}");
    assertThat(
            identity(model, "x")
                .nulls("x", NullPolicy.value("none"))
                .apply(rows)
                .orderBy("id")
                .collectAsList())
        .extracting(row -> row.getString(1))
        .containsExactly("a", "none", "a");
  }

  @Test
  void aNullIsNoInteger() {
    byte[] model = TestModels.identity(TensorProto.DataType.INT64, 1);
    Dataset<Row> rows = spark.sql("SELECT id, if(id = 1, null, id) AS x FROM range(3)");

    assertThatThrownBy(() -> identity(model, "x").apply(rows).collectAsList())
        .rootCause()
        .hasMessageStartingWith("Cannot score: column x is null or NaN in the row {id=1}");
    assertThat(
            identity(model, "x")
                .nulls("x", NullPolicy.value(7))
                .apply(rows)
                .orderBy("id")
                .collectAsList())
        .extracting(row -> row.getLong(1))
        .containsExactly(0L, 7L, 2L);
  }

  @Test
  void arraysOfAnotherLengthAreNamed() {
    Dataset<Row> rows = spark.sql("SELECT 1L AS id, array(1F, 2F) AS x");
    byte[] model = TestModels.identity(TensorProto.DataType.FLOAT, 3);

    assertThatThrownBy(() -> identity(model, "x").apply(rows).collectAsList())
        .rootCause()
        .hasMessage(
            "Cannot score: an array of column x has 2 elements vs 3 that the model asks for; pad the"
                + " arrays to one length");
  }

  @Test
  void whatCannotBeScoredIsRefusedOnTheDriver() {
    Dataset<Row> rows = spark.sql("SELECT 1D AS x, 'a' AS t, array('a') AS ts");

    refused(identity(TestModels.identity(TensorProto.DataType.INT64, 1), "x"), rows)
        .hasMessageContaining("model input features is INT64, its column x is DOUBLE");
    refused(identity(TestModels.identity(TensorProto.DataType.FLOAT, 1), "ts"), rows)
        .hasMessageContaining("model input features is FLOAT, its column ts is ARRAY<STRING>");
    refused(
            OnnxScoring.of(OnnxModel.of("fixed", "1", TestModels.fixedBatch()))
                .inputs(Map.of("features", "x")),
            rows)
        .hasMessageContaining(
            "model input features is FLOAT [4, 1], its batch dimension is fixed vs open: export it with a dynamic one");
    refused(
            identity(TestModels.identity(TensorProto.DataType.FLOAT, 1), "x")
                .engine(EngineChoice.TREES),
            rows)
        .hasMessageContaining(
            "by the tree evaluator: it does not cover the model, it has 0 tree ensembles; use AUTO");
  }

  @Test
  void aGpuThatIsNotThereFailsUnlessTheCpuIsAllowed() {
    Dataset<Row> rows = spark.range(3).selectExpr("id", "1F AS x");
    byte[] model = TestModels.identity(TensorProto.DataType.FLOAT, 1);

    assertThatThrownBy(() -> identity(model, "x").device(Device.CUDA).apply(rows).collectAsList())
        .rootCause()
        .isInstanceOf(MillraceException.class)
        .hasMessageStartingWith(
            "Cannot score with model id version 1 on a GPU: this build of ONNX Runtime has the"
                + " providers [")
        .hasMessageEndingWith("; put its GPU build on the class path, or allow the CPU")
        .extracting(thrown -> ((MillraceException) thrown).category())
        .isEqualTo(ErrorCategory.EXTERNAL);

    OnnxScoring allowed = identity(model, "x").device(Device.CUDA).allowCpu();
    assertThat(allowed.apply(rows).collectAsList()).hasSize(3);
    assertThat(allowed.counts().engines()).containsExactly("onnxruntime on CPU");
  }

  private static OnnxScoring identity(byte[] model, String column) {
    return OnnxScoring.of(OnnxModel.of("id", "1", model))
        .inputs(Map.of("features", column))
        .keep(column.equals("ts") || column.equals("t") ? new String[0] : new String[] {"id"})
        .outputs()
        .batchRows(8);
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ?> refused(
      OnnxScoring scoring, Dataset<Row> rows) {
    return assertThatThrownBy(() -> scoring.keep().apply(rows))
        .isInstanceOf(MillraceException.class);
  }

  /** From a file, which is read by columns, or from memory, which offers rows. */
  private Dataset<Row> given(Dataset<Row> rows, boolean columns) {
    if (!columns) {
      return rows.repartition(2);
    }

    String file = directory.resolve("rows").toString();
    rows.write().mode("overwrite").parquet(file);
    Dataset<Row> read = spark.read().parquet(file);
    assertThat(Arrays.asList(read.columns())).isEqualTo(Arrays.asList(rows.columns()));
    return read;
  }
}
