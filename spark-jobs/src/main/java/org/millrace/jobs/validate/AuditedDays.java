package org.millrace.jobs.validate;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.millrace.features.staging.StagedRows;
import org.millrace.features.validation.ValidationReport;
import org.millrace.features.validation.ValidationReport.Verdict;
import org.millrace.jobs.tables.ViewDays;

/**
 * Staged days of a view after their audit.
 *
 * @param report what the rules say of them
 * @param refusal why the table cannot take them; empty if it can
 */
record AuditedDays(
    ViewDays wanted, StagedRows staged, ValidationReport report, Optional<String> refusal) {
  AuditedDays {
    requireNonNull(wanted, "wanted is null");
    requireNonNull(staged, "staged is null");
    requireNonNull(report, "report is null");
    requireNonNull(refusal, "refusal is null");
  }

  boolean mayBeVisible() {
    return report.verdict() == Verdict.PASS && refusal.isEmpty();
  }
}
