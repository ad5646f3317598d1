package org.millrace.jobs.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.JobResult;
import org.millrace.jobs.testing.LoanHouse;

/** What the rows of the last days show, before a run does. */
class TestRowNotes {
  private static final String SOURCE = "conf/sources/loans.yaml";
  private static final String VIEW = "conf/features/customer_loans.yaml";
  private static final String SPINE = "conf/spines/loan.yaml";
  private static final String RULES = "conf/validation/customer_loans.dqdl";

  @TempDir private Path home;
  private LoanHouse house;

  @BeforeEach
  void start() {
    house = new LoanHouse(home);
    house.replace(VIEW, "reads: [raw.loans]", "reads: [raw.loans]\nlook-back-days: 1");
    house.writeModel();
    house.write(
        "loans/2024-02-20.csv",
        "loan_id,customer,applied_at,amount,repaid\n0,007,2024-02-20 09:00:00,50,1\n");
  }

  @Test
  void soundRowsGiveNoNote() {
    JobResult result = check();

    assertThat(result.exitCode()).as(result.message()).isZero();
    assertThat(result.message()).isEqualTo("The definitions fit the data");
    assertThat(result.counts()).containsEntry("notes", 0L);
  }

  @Test
  void aWindowShorterThanTheDelayIsNoted() {
    house.replace(VIEW, "sum(amount) over 30d", "sum(amount) over 1h");

    assertThat(notes())
        .hasSize(2)
        .anyMatch(note -> note.contains("'customer_loans__amount_30d' is null in all of 2 rows"))
        .contains(
            VIEW
                + ":14: all of 1 rows of 2024-02-24_2024-03-01 become known PT1H or more after their event_timestamp and never count in 'amount_30d'; make it longer than the delay");
  }

  @Test
  void aColumnThatIsNearlyAlwaysNullIsNoted() {
    house.replace(VIEW, "AS known_at, amount", "AS known_at, nullif(amount, amount) AS amount");
    house.replace(RULES, "ColumnValues \"amount\" > 0", "RowCount > 0");
    house.replace(
        SPINE, "customer, amount, repaid", "customer, CAST(NULL AS DOUBLE) AS amount, repaid");

    assertThat(notes())
        .hasSize(3)
        .anyMatch(note -> note.contains("'customer_loans__amount_30d' is null in all of 2 rows"))
        .anyMatch(note -> note.startsWith(VIEW + ":12: 'amount' is null in all of 1 rows"))
        .anyMatch(note -> note.startsWith(SPINE + ":6: 'amount' is null in all of 2 rows"));
  }

  @Test
  void aRuleThatTheLastDaysBreakIsNoted() {
    house.replace(RULES, "> 0", "> 150");

    assertThat(notes())
        .singleElement()
        .asString()
        .startsWith(RULES + ": the rows of 2024-03-01 (value")
        .contains("break the rule", "\"amount\" > 150")
        .endsWith("; a night would not publish them");
  }

  @Test
  void earlierDaysAreJudgedToo() {
    house.write(
        "loans/2024-02-28.csv",
        "loan_id,customer,applied_at,amount,repaid\n3,007,2024-02-28 09:00:00,50,1\n");
    house.replace(RULES, "> 0", "> 60");

    assertThat(notes())
        .singleElement()
        .asString()
        .startsWith(RULES + ": the rows of 2024-02-28 (")
        .contains(") break the rule");
    house.replace(RULES, "> 60", "> 150");
    assertThat(notes())
        .singleElement()
        .asString()
        .startsWith(RULES + ": the rows of 2024-03-01 (")
        .contains(") and of 1 more day break the rule");
  }

  @Test
  void featuresThatNoRowFindsAreNoted() {
    house.replace(VIEW, "SELECT customer,", "SELECT concat('c', customer) AS customer,");

    assertThat(notes())
        .containsExactly(
            "conf/training/loan.yaml:4: 'customer_loans__amount_30d' is null in all of 2 rows of spine loan on 2024-03-01; compare the values of customer in both, and see whether rows of view customer_loans are known in time, and within its windows");
  }

  @Test
  void whatTheRulesOfARawTableRefuseIsAnError() {
    house.replace(SOURCE, "day: loan_date", "keys: [loan_id]\nday: loan_date");
    assertThat(notes()).isEmpty();
    house.write(
        "loans/2024-02-27.csv",
        """
        loan_id,customer,applied_at,amount,repaid
        3,007,2024-02-27 09:00:00,50,1
        3,007,2024-02-27 10:00:00,50,1
        """);

    JobResult result = check();

    assertThat(result.exitCode()).isEqualTo(65);
    assertThat(result.message())
        .contains(
            SOURCE + ":",
            "Cannot fill raw.loans: of 2024-02-27, 1 rows repeat another's loan_id, 0 allowed");
  }

  @Test
  void rowsWithoutADayAreAnErrorToo() {
    house.replace(
        SOURCE,
        "AS DATE) AS loan_date",
        "AS DATE) + CAST(nullif(amount, 50) AS INT) * 0 AS loan_date");

    JobResult result = check();

    assertThat(result.exitCode()).as(result.message()).isEqualTo(65);
    assertThat(result.message())
        .contains(SOURCE, "Cannot fill raw.loans: 1 rows have no loan_date");
  }

  @Test
  void whatIsWrongWithAViewIsToldOnce() {
    house.replace(VIEW, "look-back-days: 1", "look-back-days: 0");

    assertThat(check().message()).startsWith("Cannot use the definitions: 1 error");
  }

  @Test
  void labelsThatComeTooEarlyOrTooLateAreNoted() {
    house.replace(SPINE, "applied_at + INTERVAL 30 DAYS", "applied_at");
    assertThat(notes())
        .singleElement()
        .asString()
        .contains("all of 2 labels of 2024-02-24_2024-03-01 are known when the row asks");

    house.replace(
        SPINE, "applied_at AS label_known_at", "applied_at + INTERVAL 90 DAYS AS label_known_at");
    assertThat(notes())
        .singleElement()
        .asString()
        .startsWith(
            "conf/gate/loan.yaml:2: all of 2 labels of 2024-02-24_2024-03-01 are known 45 days after their rows or later")
        .contains("were not known on 2024-04-15, when the gate's days begin");
  }

  @Test
  void labelsOfTheirOwnFilesAreHeldAgainstTheirRows() {
    house.writeLaterLabel("2024-03-05 12:00:00", "2024-03-01 23:00:00");
    assertThat(notes())
        .singleElement()
        .asString()
        .startsWith("conf/labels/repaid.yaml:6: 50.0 % of 2 labels")
        .contains("are known when the row asks, or before");

    house.writeLaterLabel("2024-03-05 12:00:00", "2024-03-12 12:00:00");
    assertThat(notes())
        .singleElement()
        .asString()
        .startsWith("conf/labels/repaid.yaml:5: all of 1 labels")
        .contains("come later than 10 days after their rows and do not count");
  }

  @Test
  void whatARunWouldRefuseIsAnError() {
    house.replace(VIEW, "look-back-days: 1", "look-back-days: 0");

    JobResult result = check();

    assertThat(result.exitCode()).isEqualTo(65);
    assertThat(result.message()).contains(VIEW).contains("set 'look-back-days: 1' in view");
    assertThat(home.resolve(SOURCE)).exists();
  }

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  private JobResult check() {
    printed.reset();
    return new CheckDefinitions(
            house.lake(),
            house.definitions(),
            house.lines(),
            new PrintStream(printed, true, StandardCharsets.UTF_8),
            7)
        .check();
  }

  private List<String> notes() {
    JobResult result = check();
    assertThat(result.exitCode()).as(result.message()).isZero();
    return printed
        .toString(StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.startsWith("note: "))
        .map(line -> line.substring("note: ".length()))
        .toList();
  }
}
