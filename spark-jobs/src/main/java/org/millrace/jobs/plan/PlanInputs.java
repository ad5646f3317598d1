package org.millrace.jobs.plan;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import org.millrace.planning.LedgerView;
import org.millrace.planning.SourceDays;

/**
 * What a plan is made from beside definitions and champions.
 *
 * @param ledger the ledger, held against the tables when it is asked
 * @param ledgerVersion that was read; -1 for none
 * @param sources what is known of the sources
 * @param lake the lake's directory
 */
public record PlanInputs(LedgerView ledger, long ledgerVersion, SourceDays sources, Path lake) {
  /** Checks that all is present. */
  public PlanInputs {
    requireNonNull(ledger, "ledger is null");
    requireNonNull(sources, "sources is null");
    requireNonNull(lake, "lake is null");
  }
}
