package org.millrace.planning;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.List;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.ledger.ChangedOutside;
import org.millrace.contracts.ledger.LedgerEntry;

/** Whether what is read for a partition is there, as the ledger says it. */
public sealed interface Input {
  /**
   * All is there.
   *
   * @param fingerprint over all of it
   */
  record Ready(String fingerprint) implements Input {}

  /**
   * Some days were not made yet.
   *
   * @param object that is read
   * @param days that are missing, in order, at least one
   * @param has what there is, as a phrase
   */
  record Missing(String object, List<LocalDate> days, String has) implements Input {
    /** Copies the days. */
    public Missing {
      requireNonNull(object, "object is null");
      days = List.copyOf(days);
    }

    /** The error of whoever has to read them: of category INPUT_MISSING. */
    public MillraceException refusal() {
      LocalDate first = days.get(0);
      int more = days.size() - 1;
      return new MillraceException(
          ErrorCategory.INPUT_MISSING,
          "Cannot read "
              + object
              + " for "
              + first
              + (more > 0 ? " and " + more + " more days" : "")
              + ", which was not made yet: it has "
              + has
              + "; run the days from "
              + first
              + " to "
              + days.get(more)
              + " first");
    }
  }

  /**
   * A partition is not what the ledger says.
   *
   * @param entry what the ledger says
   * @param difference what the table says
   */
  record Changed(LedgerEntry entry, ChangedOutside difference) implements Input {}
}
