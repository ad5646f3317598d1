package org.millrace.features.ledger;

import java.time.ZoneId;
import java.util.OptionalLong;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.features.lake.TableLog;

/**
 * Holds the definitions' zone against that of a lake's days, which the commits of its ledger say: a
 * day of another zone has other rows, and both would stand side by side. Stateless.
 */
final class DayZoneCheck {
  /** Every commit of a run says it; compactions between them, and earlier releases, do not. */
  private static final int NOTES_READ = 10;

  private DayZoneCheck() {}

  /**
   * Compares; a ledger that is absent or does not say it has any zone.
   *
   * @param ledger the log of the ledger
   * @param zone what the definitions say
   * @throws MillraceException of category DEFINITION if the lake's days are those of another zone
   */
  static void require(TableLog ledger, ZoneId zone) {
    OptionalLong newest = ledger.newest();
    if (newest.isEmpty()) {
      return;
    }

    ledger
        .notes(newest.getAsLong())
        .limit(NOTES_READ)
        .flatMap(note -> CommitNote.parse(note).flatMap(CommitNote::dayZone).stream())
        .findFirst()
        .filter(made -> !made.getRules().equals(zone.getRules()))
        .ifPresent(
            made -> {
              throw new MillraceException(
                  ErrorCategory.DEFINITION,
                  "Cannot use this lake with 'day-zone: %1$s': its days are those of %2$s; set 'day-zone: %2$s' in millrace.yaml, or take another lake"
                      .formatted(zone, made));
            });
  }
}
