package org.millrace.jobs.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import org.millrace.contracts.definition.DefinitionLines;
import org.millrace.contracts.definition.Definitions;
import org.millrace.features.lake.Lake;
import org.millrace.features.sql.CanonicalSql;
import org.millrace.features.testing.TestSpark;

/** A home with loans as CSV, a source, a view and a spine over them, which a test may spoil. */
public final class LoanHouse {
  private final Path home;

  /** Writes the files and definitions that are right. */
  public LoanHouse(Path home) {
    this.home = home;
    write("conf/millrace.yaml", "lake: lake\nday-zone: Europe/Berlin\n");
    write(
        "loans/2024-03-01.csv",
        """
        loan_id,customer,applied_at,amount,repaid
        1,007,2024-03-01 09:00:00,100.50,1
        2,7,2024-03-01 23:30:00,200.00,0
        """);
    write(
        "conf/sources/loans.yaml",
        """
        table: raw.loans
        description: Loans
        inputs:
          loans:
            path: loans/*.csv
            columns: {loan_id: bigint, applied_at: timestamp, amount: double, repaid: int}
            zone: Europe/Berlin
        day: loan_date
        sql: |
          SELECT *, CAST(from_utc_timestamp(applied_at, 'Europe/Berlin') AS DATE) AS loan_date
          FROM loans
        """);
    write(
        "conf/features/customer_loans.yaml",
        """
        view: customer_loans
        description: Loans that a customer asked for
        entity: {name: customer, keys: {customer: string}}
        reads: [raw.loans]
        sql: |
          SELECT customer, applied_at AS event_timestamp,
            applied_at + INTERVAL 1 HOUR AS known_at, amount
          FROM loans
          WHERE applied_at < :to
        features:
          amount: {type: double, description: Euro}
        aggregates:
          amount_30d: {of: sum(amount) over 30d, type: double, description: Euro in 30 days}
        validation: customer_loans.dqdl
        """);
    write("conf/validation/customer_loans.dqdl", "Rules = [ ColumnValues \"amount\" > 0 ]\n");
    write(
        "conf/spines/loan.yaml",
        """
        spine: loan
        description: Each loan
        reads: [raw.loans]
        id: [loan_id]
        day: loan_date
        columns: [customer, amount]
        label: repaid
        label-known-at: label_known_at
        sql: |
          SELECT loan_id, applied_at AS as_of, loan_date, customer, amount, repaid,
            applied_at + INTERVAL 30 DAYS AS label_known_at
          FROM loans
        """);
  }

  /** Writes the rest of a pipeline {@code loan}; its spine has the label. */
  public void writeModel() {
    write(
        "conf/training/loan.yaml",
        """
        model: loan
        spine: loan
        views: [customer_loans]
        numeric: [amount, customer_loans__amount_30d]
        days: {from: 2024-02-01, to: 2024-03-01}
        major-minor: "1.0"
        """);
    write(
        "conf/gate/loan.yaml",
        """
        model: loan
        days: {from: 2024-04-15, to: 2024-04-30}
        ranges: {auc: {min: 0.5}}
        """);
    write("conf/scoring/loan.yaml", "model: loan\npredictions: predictions.loan\n");
    write("conf/monitoring/loan.yaml", "model: loan\n");
  }

  /**
   * The same with labels of their own file, ten days later at most.
   *
   * @param first when the label of the first loan became known, in Berlin
   * @param second the same of the second one
   */
  public void writeLaterLabel(String first, String second) {
    writeModel();
    write("outcomes.csv", "loan_id,repaid,at\n1,1,%s\n2,0,%s\n".formatted(first, second));
    write(
        "conf/sources/outcomes.yaml",
        """
        table: raw.outcomes
        description: Outcomes
        inputs:
          outcomes:
            path: outcomes.csv
            columns: {loan_id: bigint, repaid: int, at: timestamp}
            zone: Europe/Berlin
        day: came
        sql: SELECT *, CAST(from_utc_timestamp(at, 'Europe/Berlin') AS DATE) AS came FROM outcomes
        """);
    write(
        "conf/labels/repaid.yaml",
        """
        label: repaid
        description: Whether it was repaid
        reads: [raw.outcomes]
        keys: [loan_id]
        horizon-days: 10
        sql: SELECT loan_id, repaid, at AS known_at FROM outcomes
        """);
    String spine = "conf/spines/loan.yaml";
    if (read(spine).contains("label: repaid")) {
      replace(spine, "label: repaid\nlabel-known-at: label_known_at\n", "");
    }

    replace("conf/training/loan.yaml", "spine: loan\n", "spine: loan\nlabel: repaid\n");
  }

  private String read(String file) {
    try {
      return Files.readString(home.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a file of the home. */
  public void write(String file, String text) {
    try {
      Path target = home.resolve(file);
      Files.createDirectories(target.getParent());
      Files.writeString(target, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Replaces a part of a file; it must be there. */
  public void replace(String file, String part, String other) {
    try {
      String text = Files.readString(home.resolve(file));
      if (!text.contains(part)) {
        throw new IllegalArgumentException(file + " does not hold " + part);
      }

      write(file, text.replace(part, other));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The definitions as they are now. */
  public Definitions definitions() {
    return Definitions.load(home.resolve("conf"), home, new CanonicalSql());
  }

  /** Where they stand. */
  public DefinitionLines lines() {
    return DefinitionLines.of(home.resolve("conf"), home);
  }

  /** A lake in which nothing is. */
  public Lake lake() {
    return new Lake(
        TestSpark.session(), home.resolve("lake").toString(), ZoneId.of("Europe/Berlin"));
  }
}
