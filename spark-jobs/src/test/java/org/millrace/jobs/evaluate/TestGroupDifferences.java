package org.millrace.jobs.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.features.testing.TestSpark;

final class TestGroupDifferences {
  private static Dataset<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 90; i++) {
      int group = i * i % 4 + (i % 5 == 0 ? 1 : 0);
      int label = i * i / 7 % 3 == 0 ? 1 : 0;
      rows.add(RowFactory.create("abcd".substring(group, group + 1), label, i * 53 % 97 / 97.0));
    }

    return TestSpark.session()
        .createDataFrame(
            rows,
            new StructType()
                .add("g", DataTypes.StringType)
                .add("y", DataTypes.IntegerType)
                .add("p", DataTypes.DoubleType));
  }

  /** Figures of fairlearn 0.13.0 on the same 90 rows. */
  @ParameterizedTest
  @CsvSource({
    "0.3, 0.09444444444444444, 0.11250000000000004",
    "0.5, 0.06666666666666671, 0.22499999999999998",
    "0.75, 0.17777777777777776, 0.375"
  })
  void agreesWithFairlearn(double from, double demographicParity, double equalizedOdds) {
    GroupDifferences found = GroupDifferences.of(rows(), "g", "y", "p", from, 1);

    assertThat(found.groups()).isEqualTo(3);
    assertThat(found.demographicParity()).isCloseTo(demographicParity, within(1e-12));
    assertThat(found.equalizedOdds()).isCloseTo(equalizedOdds, within(1e-12));
  }

  @Test
  void smallGroupsAndGroupsWithoutALabelDoNotCount() {
    assertThat(GroupDifferences.of(rows(), "g", "y", "p", 0.5, 10).groups()).isEqualTo(2);
    assertThat(GroupDifferences.of(rows(), "g", "y", "p", 0.5, 40))
        .isEqualTo(new GroupDifferences(1, Double.NaN, Double.NaN));
    Dataset<Row> zeros = rows().withColumn("y", functions.lit(0));
    GroupDifferences found = GroupDifferences.of(zeros, "g", "y", "p", 0.5, 1);
    assertThat(found.equalizedOdds()).isEqualTo(found.demographicParity());
  }
}
