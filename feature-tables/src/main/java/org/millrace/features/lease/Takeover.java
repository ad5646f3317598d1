package org.millrace.features.lease;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.millrace.contracts.Claim;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.features.lake.Fence;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.TableWriter;
import org.millrace.features.lease.LeaseState.Grant;

/**
 * Writes the numbers of a lease that was taken over into the tables, before its new holder works:
 * if the former holder is only paused, its commits fail from then on. Driver only.
 */
final class Takeover {
  private static final int MOST_CONFLICTS = 3;

  private final Lake lake;
  private final CommitNote note;

  Takeover(Lake lake, RunKey runKey, String attempt) {
    this.lake = lake;
    this.note = new CommitNote(runKey.toString(), attempt, "", List.of());
  }

  /**
   * Fences off former holders, on all that they held: also what the new holder does not want, since
   * their leases are gone from the log as a whole. A holder that is known to be dead commits
   * nothing: its tables are left alone.
   */
  void fenceOff(List<Grant> over, Lease lease, long number) {
    lease.requireHeld();
    List<Claim> lost =
        over.stream()
            .filter(grant -> !grant.holder().isKnownDead())
            .flatMap(grant -> grant.claims().stream())
            .distinct()
            .filter(claim -> lake.exists(claim.object()))
            .toList();
    for (Claim claim : lost) {
      Map<String, Long> ids = new TreeMap<>();
      claim.partitions().forEach(of -> ids.put(Lease.id(claim.object(), of), number));
      if (!record(claim.object(), ids)) {
        ids.forEach((id, of) -> record(claim.object(), Map.of(id, of)));
      }
    }

    lease.requireHeld(); // else what was recorded in between is that of its next holder
  }

  /**
   * False if a holder of a greater number was there first: that one fences the former off. A last
   * commit of the former holder is a conflict too, and there the next try succeeds.
   */
  private boolean record(String object, Map<String, Long> ids) {
    for (int conflict = 0; conflict < MOST_CONFLICTS; conflict++) {
      try {
        new TableWriter(lake, object, "", Map.of(), Optional.empty())
            .takeFence(new Fence(ids), note);
        return true;
      } catch (MillraceException e) {
        if (e.category() != ErrorCategory.BUSY) {
          throw e;
        }
      }
    }

    return false;
  }
}
