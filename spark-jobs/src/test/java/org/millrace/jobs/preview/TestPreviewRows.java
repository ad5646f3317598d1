package org.millrace.jobs.preview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.jobs.check.CheckDefinitions;
import org.millrace.jobs.definition.PreviewRequest;
import org.millrace.jobs.definition.PreviewRequest.Kind;
import org.millrace.jobs.testing.LoanHouse;

class TestPreviewRows {
  @TempDir private Path home;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private LoanHouse house;

  @BeforeEach
  void start() {
    house = new LoanHouse(home);
  }

  @Test
  void aSourceShowsTheRowsOfItsDay() {
    assertThat(preview(Kind.SOURCE, "raw.loans", "2024-03-01", 20).message())
        .isEqualTo("source raw.loans has 2 rows of 2024-03-01");
    assertThat(text())
        .contains("|loan_id|")
        .contains("|      1|     007|2024-03-01 08:00:00| 100.5|     1|2024-03-01|");
    assertThat(preview(Kind.SOURCE, "raw.loans", "2024-03-02", 20).counts())
        .containsEntry("rows_out", 0L);
    assertThat(home.resolve("lake")).doesNotExist();
  }

  @Test
  void aSourceWithoutDaysShowsAllOfItsRows() {
    house.replace("conf/sources/loans.yaml", "day: loan_date\n", "");

    assertThat(preview(Kind.SOURCE, "raw.loans", "2001-01-01", 20).message())
        .isEqualTo("source raw.loans has 2 rows");
  }

  @Test
  void aViewShowsWhatBecameKnownOnTheDay() {
    // in Berlin the second loan is known half an hour after midnight
    assertThatThrownBy(() -> preview(Kind.VIEW, "customer_loans", "2024-03-01", 20))
        .hasMessageContaining("set 'look-back-days: 1' in view customer_loans");
    house.replace(
        "conf/features/customer_loans.yaml",
        "reads: [raw.loans]",
        "reads: [raw.loans]\nlook-back-days: 1");
    assertThat(preview(Kind.VIEW, "customer_loans", "2024-03-01", 20).counts())
        .containsEntry("rows_out", 1L);
    assertThat(preview(Kind.VIEW, "customer_loans", "2024-03-02", 20).counts())
        .containsEntry("rows_out", 1L);
    assertThat(text())
        .contains("|       7|2024-03-01 22:30:00|2024-03-01 23:30:00| 200.0|2024-03-02|");
  }

  @Test
  void aTrainingSetShowsRowsWithTheirLabelAndFeaturesAsOfEachRow() {
    house.replace(
        "conf/features/customer_loans.yaml",
        "reads: [raw.loans]",
        "reads: [raw.loans]\nlook-back-days: 1");
    house.write(
        "loans/2024-02-20.csv",
        "loan_id,customer,applied_at,amount,repaid\n0,007,2024-02-20 09:00:00,50,1\n");
    house.writeLaterLabel("2024-03-05 12:00:00", "2024-03-14 12:00:00");

    assertThat(preview(Kind.TRAINING, "loan", "2024-03-01", 20).message())
        .isEqualTo("training loan has 2 rows of 2024-03-01");
    assertThat(text())
        .contains(
            "|loan_id| loan_date|              as_of|repaid|    repaid_known_at|customer|amount|customer_loans__amount_30d|")
        .contains(
            "|      1|2024-03-01|2024-03-01 08:00:00|     1|2024-03-05 11:00:00|     007| 100.5|                      50.0|")
        .contains( // its label came after ten days; it does not count itself
            "|      2|2024-03-01|2024-03-01 22:30:00|  NULL|               NULL|       7| 200.0|                      NULL|");
    assertThat(home.resolve("lake")).doesNotExist();
    assertThatThrownBy(() -> preview(Kind.TRAINING, "loans", "2024-03-01", 20))
        .hasMessage("Cannot find training 'loans': conf has loan");
  }

  @Test
  void timesWithoutAZoneAreOfUtcInSpinesAndLabelsAsInViews() {
    house.replace(
        "conf/features/customer_loans.yaml",
        "reads: [raw.loans]",
        "reads: [raw.loans]\nlook-back-days: 1");
    house.writeLaterLabel("2024-03-05 12:00:00", "2024-03-14 12:00:00");
    preview(Kind.TRAINING, "loan", "2024-03-01", 20);
    String asInstants = text();
    printed.reset();

    house.replace(
        "conf/spines/loan.yaml",
        "applied_at AS as_of,",
        "CAST(applied_at AS TIMESTAMP_NTZ) AS as_of,");
    house.replace(
        "conf/labels/repaid.yaml", "at AS known_at", "CAST(at AS TIMESTAMP_NTZ) AS known_at");
    house.replace(
        "conf/features/customer_loans.yaml",
        "applied_at AS event_timestamp",
        "CAST(applied_at AS TIMESTAMP_NTZ) AS event_timestamp");
    preview(Kind.TRAINING, "loan", "2024-03-01", 20);

    assertThat(text()).isEqualTo(asInstants).contains("2024-03-05 11:00:00");
    assertThat(
            new CheckDefinitions(
                    house.lake(),
                    house.definitions(),
                    house.lines(),
                    new PrintStream(printed, true, StandardCharsets.UTF_8),
                    0)
                .check()
                .message())
        .isEqualTo("The definitions fit the data");
  }

  @Test
  void labelsThatAreNotKnownForGoodYetAreNotShown() {
    house.replace(
        "conf/features/customer_loans.yaml",
        "reads: [raw.loans]",
        "reads: [raw.loans]\nlook-back-days: 1");
    house.writeLaterLabel("2024-03-02 12:00:00", "2024-03-03 12:00:00");

    preview(Kind.TRAINING, "loan", "2024-03-01", 20);

    assertThat(text())
        .contains("|      1|2024-03-01|2024-03-01 08:00:00|  NULL|           NULL|     007| 100.5|")
        .contains(
            "Labels of 2024-03-01 are known for good after 2024-03-11, and raw.outcomes has rows until 2024-03-03: no label is shown.");
  }

  @Test
  void theSqlOfATrainingSetIsThatOfAllThatIsJoined() {
    house.writeLaterLabel("2024-03-05 12:00:00", "2024-03-14 12:00:00");

    new PreviewRows(
            house.lake(),
            house.definitions(),
            new PreviewRequest(Kind.TRAINING, "loan", LocalDate.of(2024, 3, 1), 20, true),
            new PrintStream(printed, true, StandardCharsets.UTF_8))
        .preview();

    assertThat(text())
        .contains("-- spine loan, 2024-03-01 to 2024-03-01\nSELECT loan_id")
        .contains("-- label repaid, 2024-03-01 to 2024-03-11\nSELECT loan_id, repaid")
        .contains(
            "-- view customer_loans, each night of 2024-01-30 to 2024-03-01\nSELECT customer");
  }

  @Test
  void aSpineShowsSoManyRows() {
    assertThat(preview(Kind.SPINE, "loan", "2024-03-01", 1).message())
        .isEqualTo("spine loan has 2 rows of 2024-03-01, of which these are 1");
    assertThat(text()).contains("only showing top 1 row");
  }

  @Test
  void whatARunWouldRefuseIsRefused() {
    house.replace(
        "conf/spines/loan.yaml",
        "applied_at AS as_of, loan_date,",
        "applied_at AS as_of, loan_date - 1 AS loan_date,");
    assertThatThrownBy(() -> preview(Kind.SPINE, "loan", "2024-03-01", 20))
        .hasMessageContaining("are of a day before a source row of theirs arrived");
  }

  @Test
  void theSqlIsShownWithItsBounds() {
    JobResult result =
        new PreviewRows(
                house.lake(),
                house.definitions(),
                new PreviewRequest(Kind.VIEW, "customer_loans", LocalDate.of(2024, 3, 1), 20, true),
                new PrintStream(printed, true, StandardCharsets.UTF_8))
            .preview();

    assertThat(result.message()).isEqualTo("The SQL of view customer_loans for 2024-03-01");
    assertThat(text()).endsWith("WHERE applied_at < TIMESTAMP '2024-03-01T23:00:00Z'\n");
  }

  @Test
  void whatIsNotDefinedIsSaidWithWhatIs() {
    assertThatThrownBy(() -> preview(Kind.VIEW, "loans", "2024-03-01", 20))
        .isInstanceOf(MillraceException.class)
        .hasMessage("Cannot find view 'loans': conf has customer_loans");
  }

  private JobResult preview(Kind kind, String name, String day, int rows) {
    PreviewRequest request = new PreviewRequest(kind, name, LocalDate.parse(day), rows, false);
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    return new PreviewRows(house.lake(), house.definitions(), request, out).preview();
  }

  private String text() {
    return printed.toString(StandardCharsets.UTF_8);
  }
}
