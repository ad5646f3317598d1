package org.millrace.jobs.explain.shap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.jobs.score.onnx.TreeInput;
import org.millrace.jobs.score.onnx.trees.RawTrees;
import scala.reflect.ClassTag;

/** Counting, merging, and the file that keeps the counts. */
final class TestNodeCovers {
  private static final int FEATURES = ShapFixture.FEATURES;

  private final ShapFixture fixture = ShapFixture.read("lgbm-binary");
  private final TreeInput input = fixture.input();
  private final NodeCovers covers = fixture.covers();

  @Test
  void countersMergeInAnyOrder() {
    float[] rows = fixture.rows();
    CoverCounter[] parts = new CoverCounter[4];
    for (int part = 0; part < parts.length; part++) {
      parts[part] = new CoverCounter(input.trees());
      int from = part * part * 20; // of 20, 60, 100 and 120 rows
      int to = part == 3 ? 300 : (part + 1) * (part + 1) * 20;
      parts[part].add(Arrays.copyOfRange(rows, from * FEATURES, to * FEATURES), to - from);
    }

    for (List<Integer> order : List.of(List.of(0, 1, 2, 3), List.of(3, 1, 0, 2))) {
      CoverCounter all = new CoverCounter(input.trees());
      order.forEach(part -> all.merge(parts[part]));
      assertThat(all.covers(input.sha256())).isEqualTo(covers).hasSameHashCodeAs(covers);
    }

    assertThat(covers.rows()).isEqualTo(300);
    assertThat(parts[1].covers(input.sha256())).isNotEqualTo(covers);
  }

  @Test
  void countersOfOtherTreesAreNotMerged() {
    RawTrees others = ShapFixture.read("lgbm-regression").input().trees();

    assertThatThrownBy(() -> new CoverCounter(input.trees()).merge(new CoverCounter(others)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(
            "Cannot merge counts of \\d+ leaves with those of \\d+: they are of other trees");
  }

  @Test
  void theTextIsReadAsItWasWritten() {
    String text = covers.toText();

    assertThat(text)
        .startsWith("millrace-covers 1\nmodel " + input.sha256() + "\nrows 300\n")
        .matches("(?s).*\\nsha256 [0-9a-f]{64}\\n");
    assertThat(text.lines()).hasSize(3 + 12 + 1);
    NodeCovers read = NodeCovers.parse(text, "covers.txt");
    assertThat(read).isEqualTo(covers);
    assertThat(read.toText()).isEqualTo(text);
  }

  @Test
  void aDamagedTextIsRefused() {
    String text = covers.toText();
    int digit = text.indexOf("\n", text.indexOf("rows")) + 1;
    for (String damaged :
        List.of(
            "",
            text.substring(0, text.length() / 2),
            text.substring(0, text.length() - 1),
            text + "\n",
            text.replace("millrace-covers 1", "millrace-covers 2"),
            text.substring(0, digit) + "7" + text.substring(digit))) {
      assertThatThrownBy(() -> NodeCovers.parse(damaged, "covers.txt"))
          .isInstanceOf(MillraceException.class)
          .hasMessage(
              "Cannot read the covers in covers.txt: it is damaged, or of another form than"
                  + " 'millrace-covers 1'; count them again")
          .extracting(thrown -> ((MillraceException) thrown).category())
          .isEqualTo(ErrorCategory.DATA_CONTRACT);
    }
  }

  @Test
  void countsThatDoNotSumToTheRowsAreRefused() {
    long[][] leaves = covers.leaves();
    leaves[3][0]++;

    assertThatThrownBy(() -> new NodeCovers(input.sha256(), 300, leaves))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tree 3 has counts that do not sum to its 300 rows");
    assertThat(covers.leaves()[3]).isNotEqualTo(leaves[3]);
  }

  @Test
  void coversOfAnotherModelAreRefused() {
    NodeCovers others = ShapFixture.read("lgbm-regression").covers();

    assertRefused(others, "they are of the model " + others.model() + " vs " + input.sha256());
    assertRefused(
        new NodeCovers(input.sha256(), others.rows(), others.leaves()),
        "they are of other trees than the model's");
    assertRefused(
        new CoverCounter(input.trees()).covers(input.sha256()), "they are of 0 rows vs 1 or more");
  }

  private void assertRefused(NodeCovers refused, String reason) {
    assertThatThrownBy(() -> ShapColumns.of(fixture.scoring(), refused))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot explain by these covers: " + reason + "; count the covers of this model")
        .extracting(thrown -> ((MillraceException) thrown).category())
        .isEqualTo(ErrorCategory.DATA_CONTRACT);
  }

  @Test
  void whatTravelsArrivesByBothSerializers() {
    ShapModel model = ShapModel.of(input.sha256(), input.trees(), covers);
    for (SerializerInstance serializer :
        List.of(
            new JavaSerializer(new SparkConf()).newInstance(),
            new KryoSerializer(new SparkConf()).newInstance())) {
      assertThat(roundTrip(serializer, model))
          .isNotSameAs(model)
          .usingRecursiveComparison()
          .isEqualTo(model);
      assertThat(roundTrip(serializer, input.trees()))
          .usingRecursiveComparison()
          .isEqualTo(input.trees());
    }
  }

  @SuppressWarnings("unchecked") // the tag's type is the object's own class
  private static <T> T roundTrip(SerializerInstance serializer, T object) {
    ClassTag<T> tag = (ClassTag<T>) ClassTag.apply(object.getClass());
    return serializer.deserialize(serializer.serialize(object, tag), tag);
  }
}
