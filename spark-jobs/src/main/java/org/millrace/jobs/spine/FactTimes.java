package org.millrace.jobs.spine;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;
import org.millrace.contracts.TableVersion;

/**
 * When the facts were true, and known, from which a row's features of a view came.
 *
 * @param view its name
 * @param table where the facts are
 * @param facts how many: at most one for a view that is looked up, the events of the longest window
 *     for one that is aggregated
 * @param oldest when the oldest was true; empty for no fact
 * @param newest when the newest was true; empty for no fact
 * @param knownAt when the last of them became known; empty for no fact
 */
public record FactTimes(
    String view,
    TableVersion table,
    long facts,
    Optional<Instant> oldest,
    Optional<Instant> newest,
    Optional<Instant> knownAt) {
  /** Checks that all is present. */
  public FactTimes {
    requireNonNull(view, "view is null");
    requireNonNull(table, "table is null");
  }
}
