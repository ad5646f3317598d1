package org.millrace.jobs.init;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.jobs.init.InitRequest.FactsFiles;
import org.millrace.jobs.init.InitRequest.LabelFiles;
import org.millrace.jobs.init.InitRequest.Shape;

/** What people type, and the names that are made of what they have. */
final class TestInitText {
  @Test
  void readsLabelsAndFacts() {
    assertThat(InitText.label("outcomes/*.csv:repaid"))
        .isEqualTo(new LabelFiles(Optional.of("outcomes/*.csv"), "repaid", Optional.empty()));
    assertThat(InitText.label("hdfs://host/a:repaid@at"))
        .isEqualTo(new LabelFiles(Optional.of("hdfs://host/a"), "repaid", Optional.of("at")));
    assertThat(InitText.label("repaid"))
        .isEqualTo(new LabelFiles(Optional.empty(), "repaid", Optional.empty()));
    assertThat(InitText.facts("--facts", "c.csv:customer=id,branch@at", Shape.FOUND))
        .isEqualTo(
            new FactsFiles(
                "c.csv",
                List.of(
                    new InitRequest.Key("customer", "id"), new InitRequest.Key("branch", "branch")),
                Optional.of("at"),
                Shape.FOUND));
  }

  @Test
  void saysWhatItExpected() {
    assertThatThrownBy(() -> InitText.label("outcomes.csv:"))
        .hasMessage(
            "Cannot use --label outcomes.csv:: expected FILES:COLUMN, FILES:COLUMN@KNOWN_AT, or a"
                + " COLUMN of --spine");
    assertThatThrownBy(() -> InitText.facts("--facts", "customers.csv", Shape.FOUND))
        .hasMessageContaining("expected FILES:KEY@TIME");
    assertThatThrownBy(() -> InitText.days("--label-after", "soon"))
        .hasMessageContaining("expected a number of days from 0 to 3660, such as 30d");
  }

  @ParameterizedTest
  @CsvSource({"30d,30", "30,30", "4w,28", "36h,2", "24 hours,1", "1 day,1", "0d,0"})
  void readsDays(String text, int days) {
    assertThat(InitText.days("--label-after", text)).isEqualTo(days);
  }

  @ParameterizedTest
  @CsvSource({
    "Loan ID,loan_id",
    "loanId,loan_id",
    "LOAN_ID,loan_id",
    "2nd amount (EUR),c_2nd_amount_eur",
    "Größe,gr_e",
    "as_of,as_of_value",
    "a.b,a_b"
  })
  void makesWordsOfColumns(String name, String word) {
    assertThat(Words.column(name, Set.of())).isEqualTo(word);
    assertThat(Words.column(name, Set.of(word))).isEqualTo(word + "_2");
  }

  @ParameterizedTest
  @CsvSource({
    "data/loans/*.csv,loans",
    "data/loans.csv.gz,loans",
    "data/loans/,loans",
    "/x/Loan Files/**/*.parquet,loan_files",
    "*.csv,rows"
  })
  void namesTablesByTheirFiles(String location, String table) {
    assertThat(Words.table(location)).isEqualTo(table);
  }

  @Test
  void quotesWhatYamlWouldReadOtherwise() {
    assertThat(Words.yaml("Rows of loans.csv")).isEqualTo("Rows of loans.csv");
    assertThat(Words.yaml("it's: so")).isEqualTo("'it''s: so'");
    assertThat(Words.yaml("yes")).isEqualTo("'yes'");
    assertThat(Words.yaml("1.0")).isEqualTo("'1.0'");
    assertThat(Words.yaml("decimal(9,2)")).isEqualTo("'decimal(9,2)'");
  }
}
