package org.millrace.planning;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Partition;
import org.millrace.contracts.ledger.LedgerEntry;

/**
 * A wish to make partitions again that are done: those of some objects and days, and whatever reads
 * them. A partition counts as made again if its entry is younger than the wish, so that a run that
 * was killed goes on where it ended.
 *
 * @param objects as the ledger names them
 * @param days of these objects; a table without days is made again as a whole
 * @param since version of the ledger when it was wished; -1 if there was none
 */
public record Restatement(
    @JsonProperty("objects") List<String> objects,
    @JsonProperty("days") DayRange days,
    @JsonProperty("since") long since) {
  /** Copies the list. */
  public Restatement {
    requireNonNull(days, "days is null");
    objects = List.copyOf(objects);
  }

  /** Whether a partition is one of those that were named. */
  boolean names(String object, Partition partition) {
    return objects.contains(object) && isWithin(partition);
  }

  /** Whether a partition is of the days, or has none. */
  boolean isWithin(Partition partition) {
    return !(partition instanceof Partition.Day day) || days.contains(day.date());
  }

  /** Whether an entry was made before the wish. */
  public boolean isOlder(LedgerEntry entry) {
    return entry.sequence() <= since;
  }
}
