package org.millrace.jobs.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/** Sources whose files are CSV or JSON, come day by day and change on the way. */
@Tag("slow")
class TestTextSources {
  private static final String LINE = "concat_ws(',', day, id, coalesce(amount, 'null'), zip)";

  @TempDir private Path home;
  private SourceDirectory sources;

  @BeforeEach
  void start() {
    sources = new SourceDirectory(home);
  }

  @Test
  void filesThatComeDayByDayAndGainAColumnAreRead() throws IOException {
    define("csv", "columns: {day: date, id: bigint, amount: 'decimal(9,2)'}");
    write("loans/2024-01-01.csv", "day,id,amount,zip\n2024-01-01,1,10.50,00501\n");
    sources.ingest("2024-01-01", "2024-01-01");
    write("loans/2024-01-02.csv", "id,day,zip,amount,note\n2,2024-01-02,501,,late\n");
    sources.ingest("2024-01-02", "2024-01-02");

    assertThat(sources.rows("raw.loans", LINE))
        .containsExactlyInAnyOrder("2024-01-01,1,10.50,00501", "2024-01-02,2,null,501");
  }

  @Test
  void aColumnThatWasRenamedInOneFileIsRefusedAndNotNull() throws IOException {
    define("csv", "columns: {day: date, id: bigint, amount: double}");
    write("loans/2024-01-01.csv", "day,id,amount,zip\n2024-01-01,1,10.50,00501\n");
    write("loans/2024-01-02.csv", "day,id,Sum of Loan,zip\n2024-01-02,2,7,501\n");

    assertThatThrownBy(() -> sources.ingest("2024-01-01", "2024-01-02"))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT))
        .hasMessageContaining(
            home.resolve("loans/2024-01-02.csv")
                + " has no column 'amount' and has a column 'Sum of Loan', which the other files do not have; correct its names, or name 'Sum of Loan' in 'columns' if it is another column");

    define("csv", "columns: {day: date, id: bigint, amount: double, Sum of Loan: double}");
    sources.ingest("2024-01-01", "2024-01-02");
    assertThat(sources.rows("raw.loans", LINE)).contains("2024-01-02,2,null,501");
  }

  @Test
  void aValueThatIsNoneOfItsTypeIsOneSentence() throws IOException {
    define("csv", "columns: {day: date, id: bigint, amount: double}");
    write("loans/2024-01-01.csv", "day,id,amount,zip\n2024-01-01,1,ten,00501\n");

    assertThatThrownBy(() -> sources.ingest("2024-01-01", "2024-01-01"))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT))
        .hasMessage(
            "Cannot read column 'amount' of input 'loans' of raw.loans: expected DOUBLE, found 'ten' in "
                + home.resolve("loans/2024-01-01.csv")
                + ": it is no number; mend the file, or specify how it is to be read: columns, nulls, zone or encoding of an input");
  }

  @Test
  void aLineThatIsCutShortIsOneSentence() throws IOException {
    define("csv", "columns: {day: date, id: bigint, amount: double}");
    write("loans/2024-01-01.csv", "day,id,amount,zip\n2024-01-01,1,2.5,x\n2024-01-01,2\n");

    assertThatThrownBy(() -> sources.ingest("2024-01-01", "2024-01-01"))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT))
        .hasMessageContaining("2024-01-01.csv")
        .hasMessageContaining("2024-01-01,2")
        .hasMessageNotContainingAny("FAILFAST", "Exception");
  }

  @Test
  void linesOfJsonAreASourceToo() throws IOException {
    define("json", "columns: {day: date, id: int}");
    write(
        "loans/2024-01-01.json",
        "{\"day\": \"2024-01-01\", \"id\": 1, \"zip\": \"00501\", \"amount\": 2.5}\n");
    sources.ingest("2024-01-01", "2024-01-01");

    assertThat(sources.rows("raw.loans", LINE)).containsExactly("2024-01-01,1,2.5,00501");
  }

  @Test
  void aTypeThatIsDeclaredOtherwiseMakesTheDaysAgain() throws IOException {
    define("csv", "columns: {day: date, id: bigint}");
    write("loans/2024-01-01.csv", "day,id,amount,zip\n2024-01-01,1,10.50,00501\n");
    sources.ingest("2024-01-01", "2024-01-01");
    assertThat(sources.rows("raw.loans", "amount || '!'")).containsExactly("10.50!");

    define("csv", "columns: {day: date, id: bigint, amount: double}");
    sources.ingest("2024-01-01", "2024-01-01");
    assertThat(sources.rows("raw.loans", "amount + 0")).containsExactly("10.5");
  }

  private void define(String format, String more) throws IOException {
    Path file = home.resolve("conf/sources/loans.yaml");
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        """
        table: raw.loans
        description: Loans
        inputs:
          loans:
            path: loans/*.%s
            %s
        day: day
        sql: SELECT day, id, amount, zip FROM loans
        """
            .formatted(format, more));
  }

  private void write(String file, String text) throws IOException {
    Path target = home.resolve(file);
    Files.createDirectories(target.getParent());
    Files.writeString(target, text);
  }
}
