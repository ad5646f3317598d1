package org.millrace.jobs.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.jobs.testing.LoanHouse;

class TestCheckDefinitions {
  private static final String SOURCE = "conf/sources/loans.yaml";
  private static final String VIEW = "conf/features/customer_loans.yaml";
  private static final String SPINE = "conf/spines/loan.yaml";

  @TempDir private Path home;
  private LoanHouse house;

  @BeforeEach
  void start() {
    house = new LoanHouse(home);
  }

  @Test
  void definitionsThatFitTheDataPassAndNothingIsWritten() {
    JobResult result = check();

    assertThat(result.exitCode()).as(result.message()).isZero();
    assertThat(result.counts()).containsEntry("sources", 1L).containsEntry("views", 1L);
    assertThat(home.resolve("lake")).doesNotExist();
  }

  @Test
  void sqlThatCannotBeAnalysedIsFoundAtItsPlace() {
    house.replace(SOURCE, "from_utc_timestamp(applied_at,", "from_utc_timestamp(applied_on,");
    house.replace(VIEW, "WHERE applied_at", "WHRE applied_at");

    assertThat(errors())
        .singleElement() // what reads the source is not looked at
        .asString()
        .startsWith(SOURCE + ":10:")
        .contains("applied_on")
        .doesNotContain("[UNRES", "; line ");

    house.replace(SOURCE, "applied_on", "applied_at");
    assertThat(errors()).singleElement().asString().startsWith(VIEW + ":");
  }

  @Test
  void columnsThatAreMissingOrOfAnotherTypeAreFoundAllAtOnce() {
    house.replace(VIEW, "applied_at AS event_timestamp", "'now' AS event_timestamp");
    house.replace(VIEW, "known_at, amount", "known_at, amount AS sum");
    house.replace(VIEW, "keys: {customer: string}", "keys: {client: string}");
    house.replace(SPINE, "loan_date, customer", "applied_at AS loan_date, customer");
    house.replace(SPINE, "columns: [customer, amount]", "columns: [customer, size]");
    house.replace(SPINE, "amount, repaid,", "amount, customer AS repaid,");

    assertThat(errors())
        .containsExactlyInAnyOrder(
            VIEW
                + ":3: 'sql' yields no column 'client'; it yields customer, event_timestamp, known_at, sum",
            VIEW
                + ":5: 'event_timestamp' is STRING where 'sql' makes it, and must be TIMESTAMP: cast it there",
            VIEW
                + ":11: 'sql' yields no column 'amount'; it yields customer, event_timestamp, known_at, sum",
            SPINE
                + ":5: 'loan_date' is TIMESTAMP where 'sql' makes it, and must be DATE: cast it there",
            SPINE
                + ":6: 'sql' yields no column 'size'; it yields loan_id, as_of, loan_date, customer, amount, repaid, label_known_at",
            SPINE
                + ":7: 'repaid' is STRING where 'sql' makes it, and must be a number, 0 or 1: cast it there");
  }

  @Test
  void rulesAndConditionsAreReadToo() {
    house.write("conf/validation/customer_loans.dqdl", "Rules = [ IsComplete \"amont\" ]\n");
    assertThat(errors())
        .singleElement()
        .asString()
        .startsWith("conf/validation/customer_loans.dqdl: Cannot use rule IsComplete \"amont\"")
        .contains("there is no column 'amont'");

    house.replace(VIEW, "sum(amount) over 30d", "sum(amount) over 30d where amont > 1");
    assertThat(errors()).anyMatch(error -> error.startsWith(VIEW + ":12: "));
  }

  @Test
  void aWrongDayDoesNotHideOtherErrors() {
    house.replace(SOURCE, "day: loan_date", "day: applied_at");
    house.replace(SPINE, "label: repaid", "label: paid");
    house.replace(VIEW, "keys: {customer: string}", "keys: {customer: 'decimal(39,2)'}");

    assertThat(errors())
        .hasSize(3)
        .anyMatch(
            error -> error.startsWith(SOURCE + ":8: Cannot fill raw.loans: its day applied_at"))
        .anyMatch(error -> error.startsWith(VIEW + ":5: ") && error.contains("39"))
        .anyMatch(error -> error.startsWith(SPINE + ":7: 'sql' yields no column 'paid'"));
  }

  @Test
  void aTextIsNoNumber() {
    house.replace(VIEW, "known_at, amount", "known_at, concat(amount, ' EUR') AS amount");
    assertThat(errors())
        .containsExactly(
            VIEW
                + ":11: 'amount' is STRING where 'sql' makes it, and must be DOUBLE: cast it there");
  }

  @Test
  void filesThatCannotBeReadAreFoundAtTheInputs() {
    house.replace(SOURCE, "path: loans/*.csv", "path: lones/*.csv");
    assertThat(check().category()).isEqualTo(ErrorCategory.INPUT_MISSING);
    assertThat(sentences())
        .containsExactly(
            SOURCE
                + ":3: Cannot read "
                + home
                + "/lones/*.csv: nothing is there; check the path, or wait for its producer");

    house.replace(SOURCE, "lones", "loans");
    house.replace(SOURCE, "loan_id: bigint", "loan_no: bigint");
    assertThat(check().category()).isEqualTo(ErrorCategory.DATA_CONTRACT);
    assertThat(sentences())
        .singleElement()
        .asString()
        .startsWith(SOURCE + ":3: Cannot read input 'loans' of raw.loans: 'columns' names loan_no");

    house.replace("conf/spines/loan.yaml", "AS as_of,", "AS asked_at,");
    house.replace(SOURCE, "loan_no: bigint", "loan_id: bigint");
    house.replace(SOURCE, "SELECT *, CAST", "SELECT *, missing, CAST");
    assertThat(check().category()).isEqualTo(ErrorCategory.DEFINITION);
  }

  @Test
  void inputsOfAModelAreHeldAgainstSpineAndViews() {
    house.replace(VIEW, "keys: {customer: string}", "keys: {customer: bigint}");
    house.replace(VIEW, "SELECT customer,", "SELECT CAST(customer AS BIGINT) AS customer,");
    house.write(
        "conf/training/loan.yaml",
        """
        model: loan
        spine: loan
        views: [customer_loans]
        numeric: [customer, customer_loans__amount_30d]
        categorical: [amount]
        days: {from: 2024-01-01, to: 2024-01-31}
        major-minor: "1.0"
        """);
    house.write(
        "conf/gate/loan.yaml",
        "model: loan\ndays: {from: 2024-03-03, to: 2024-03-31}\nranges: {auc: {min: 0.5}}\n");
    house.write("conf/scoring/loan.yaml", "model: loan\npredictions: predictions.loan\n");
    house.write("conf/monitoring/loan.yaml", "model: loan\n");

    assertThat(errors())
        .containsExactly(
            "conf/training/loan.yaml:3: 'views': key 'customer' of customer_loans is BIGINT and STRING in spine 'loan': cast it in one of them",
            "conf/training/loan.yaml:4: 'numeric': 'customer' is STRING, no number",
            "conf/training/loan.yaml:5: 'categorical': 'amount' is DOUBLE, no text");
  }

  private JobResult check() {
    return new CheckDefinitions(
            house.lake(),
            house.definitions(),
            house.lines(),
            new PrintStream(OutputStream.nullOutputStream()),
            0)
        .check();
  }

  private List<String> errors() {
    assertThat(check().category()).isEqualTo(ErrorCategory.DEFINITION);
    return sentences();
  }

  private List<String> sentences() {
    return check().message().lines().skip(1).map(String::strip).toList();
  }
}
