package org.millrace.jobs.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.ByteString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.registry.GoldenRow;
import org.millrace.contracts.registry.ModelContract;
import org.millrace.features.testing.TestSpark;

class TestExportCheck {
  @TempDir private static Path directory = Path.of("");

  private static @Nullable ExportedModel steps;

  @Test
  void countsRowsOnAThresholdAndTheyAgree() {
    ExportedModel model = steps();
    // the trained rows have 0 and 2 alone, so the threshold between them is 1
    ExportCheck.Result result = ExportCheck.check(column(0, 1, 1, 2), model);
    assertThat(result.rows()).isEqualTo(8);
    assertThat(result.maxDifference()).isLessThan(ModelContract.tolerance(1));
    // the four copies lack their value and are filled with the median, 0
    assertThat(result.ties()).isEqualTo(2);
    assertThat(result.golden())
        .extracting(row -> row.inputs().get(0))
        .filteredOn(Objects::isNull)
        .hasSize(2);
    assertThat(result.golden())
        .extracting(row -> row.inputs().get(0))
        .filteredOn(Objects::nonNull)
        .containsExactlyInAnyOrder(0.0, 1.0, 1.0, 2.0, Double.NaN, Double.NaN);
    assertThat(result.golden())
        .extracting(GoldenRow::score)
        .allMatch(score -> score > 0 && score < 1);
  }

  @Test
  void showsTheWorstRowOfAnExportThatComparesTheOtherWay() throws Exception {
    ExportedModel broken = withMode(steps(), "BRANCH_GTE");
    assertThatThrownBy(() -> ExportCheck.check(column(0, 2), broken))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.INTERNAL))
        .hasMessageContaining("Cannot use the exported model " + broken.onnx() + ": of 4 rows")
        .hasMessageContaining("allowed is a difference of 1.0E-5; the row is [delay=");
  }

  @Test
  void findsAComparisonThatDiffersOnTiesAlone() throws Exception {
    ExportedModel broken = withMode(steps(), "BRANCH_LT");
    assertThat(ExportCheck.check(column(0, 2), broken).ties()).isZero();
    assertThatThrownBy(() -> ExportCheck.check(column(0, 1, 2), broken))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("the row is [delay=1.0]");
  }

  @Test
  void refusesToCheckNothing() {
    assertThatThrownBy(() -> ExportCheck.check(column(), steps()))
        .isInstanceOf(MillraceException.class)
        .hasMessageContaining("there are 0 rows to compare");
  }

  /** Trained once: rows of 0 and 2 alone. */
  private static ExportedModel steps() {
    ExportedModel known = steps;
    if (known != null) {
      return known;
    }

    Dataset<Row> rows =
        column(IntStream.range(0, 100).map(row -> row % 5 == 0 ? 2 : 0).toArray())
            .selectExpr("delay", "IF(delay > 1, 1, 0) AS late");
    ExportedModel trained =
        new TrainModel()
            .train(
                rows,
                SyntheticDelays.definition(2, List.of("delay"), List.of(), Optional.empty()),
                "late",
                directory)
            .exported();
    steps = trained;
    return trained;
  }

  private static Dataset<Row> column(int... values) {
    return TestSpark.session()
        .createDataFrame(
            IntStream.of(values).mapToObj(value -> RowFactory.create(value)).toList(),
            new StructType().add("delay", DataTypes.IntegerType));
  }

  /** The same file, but with its comparisons changed. */
  private static ExportedModel withMode(ExportedModel model, String mode) throws Exception {
    ModelProto.Builder proto = ModelProto.parseFrom(Files.readAllBytes(model.onnx())).toBuilder();
    for (NodeProto.Builder node : proto.getGraphBuilder().getNodeBuilderList()) {
      for (AttributeProto.Builder attribute : node.getAttributeBuilderList()) {
        for (int position = 0; position < attribute.getStringsCount(); position++) {
          if (attribute.getStrings(position).toStringUtf8().equals("BRANCH_LEQ")) {
            attribute.setStrings(position, ByteString.copyFromUtf8(mode));
          }
        }
      }
    }

    Path changed = Files.write(directory.resolve(mode + ".onnx"), proto.build().toByteArray());
    return new ExportedModel(
        changed,
        Digest.sha256(changed),
        model.inputs(),
        model.outputs(),
        model.spark(),
        model.trees());
  }
}
