package org.millrace.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.millrace.contracts.MillraceException;

final class TestRecordedReport {
  private static final String EMPTY = "# Title\n\n<!-- bench scoring: tables -->\n\n## Next\n";

  @Test
  void aNewTableIsAddedAboveTheAnchor() {
    assertThat(RecordedReport.replaced(EMPTY, "scoring.mlp", "one\n"))
        .isEqualTo(
            """
            # Title

            <!-- begin scoring.mlp -->
            one
            <!-- end scoring.mlp -->

            <!-- bench scoring: tables -->

            ## Next
            """);
  }

  @Test
  void aTableReplacesTheOneBeforeAndNoOther() {
    String both =
        RecordedReport.replaced(
            RecordedReport.replaced(EMPTY, "scoring.mlp", "one\n"), "scoring.gbt", "two\n");

    assertThat(RecordedReport.replaced(both, "scoring.mlp", "three\n"))
        .isEqualTo(both.replace("one\n", "three\n"))
        .contains("two\n");
  }

  @Test
  void aFileWithoutThePlaceIsRefused() {
    assertThatThrownBy(() -> RecordedReport.replaced("text\n", "scoring.mlp", "one\n"))
        .isInstanceOf(MillraceException.class)
        .hasMessage(
            "Cannot record scoring.mlp: no line <!-- bench scoring: in the file vs one; add it where the tables are to be");
  }
}
