package org.millrace.jobs.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.ErrorCategory;
import org.millrace.features.testing.TestSpark;

class TestClassLabels {
  private static final ClassLabels LABELS = new ClassLabels("y", List.of("3", "7", "10"));

  private static Dataset<Row> rows(String values) {
    return TestSpark.session().sql("SELECT explode(array(" + values + ")) AS y");
  }

  @Test
  void aLabelBecomesItsPositionWhetherItIsATextOrAWholeNumber() {
    for (String values : List.of("7, 3, 10, 8", "7L, 3L, 10L, 8L", "'7', '3', '10', '8'")) {
      assertThat(rows(values).select(LABELS.number()).collectAsList())
          .as(values)
          .extracting(row -> row.getDouble(0))
          .containsExactly(1.0, 0.0, 2.0, -1.0);
    }

    assertThat(new ClassLabels("y", List.of()).isOfClasses()).isFalse();
  }

  @Test
  void allClassesAndNothingElseMustOccur() {
    assertThatCode(() -> LABELS.requireAll(rows("7, 3, 10, 10"))).doesNotThrowAnyException();
    assertThatThrownBy(() -> LABELS.requireAll(rows("7, null, 8, 9, 10")))
        .hasFieldOrPropertyWithValue("category", ErrorCategory.DATA_CONTRACT)
        .hasMessage(
            "Cannot train on label 'y': 1 rows have no label; 2 rows have a label outside the"
                + " classes, such as '8'; no row has 3; the classes are 3, 7, 10: correct the label,"
                + " 'classes', 'days' or 'exclude'");
  }
}
