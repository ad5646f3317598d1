package org.millrace.planning;

import java.util.List;
import org.millrace.contracts.ledger.LedgerEntry;

/** What is to be said of a partition. */
public sealed interface State {
  /**
   * It is what it would be if it were made now.
   *
   * @param entry what the ledger says of it
   */
  record Done(LedgerEntry entry) implements State {}

  /**
   * It is to be made.
   *
   * @param reasons at least one
   */
  record Undone(List<Reason> reasons) implements State {
    /** Copies the reasons. */
    public Undone {
      reasons = List.copyOf(reasons);
    }
  }

  /**
   * Only a run can tell, by reading files: it is to be looked at, and made if it differs.
   *
   * @param entry what the ledger says of it
   * @param reason why
   */
  record Unsure(LedgerEntry entry, Reason reason) implements State {}

  /**
   * It cannot be made by this plan.
   *
   * @param reasons at least one
   */
  record Blocked(List<Reason> reasons) implements State {
    /** Copies the reasons. */
    public Blocked {
      reasons = List.copyOf(reasons);
    }
  }
}
