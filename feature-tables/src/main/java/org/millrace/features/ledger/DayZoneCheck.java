package org.millrace.features.ledger;

import java.time.ZoneId;
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
   * @throws org.millrace.contracts.MillraceException of category DEFINITION if the lake's days are
   *     those of another zone
   */
  static void require(TableLog ledger, ZoneId zone) {
    ledger
        .notes(Long.MAX_VALUE)
        .limit(NOTES_READ)
        .flatMap(note -> CommitNote.parse(note).stream())
        .filter(note -> note.dayZone().isPresent())
        .findFirst()
        .ifPresent(note -> note.requireIn(zone));
  }
}
