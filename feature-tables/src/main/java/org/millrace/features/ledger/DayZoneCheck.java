package org.millrace.features.ledger;

import java.time.ZoneId;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.features.lake.TableLog;

/**
 * Holds the definitions' zone against that of a lake's days, which the commits of its ledger say: a
 * day of another zone has other rows, and both would stand side by side. Stateless.
 */
final class DayZoneCheck {
  private DayZoneCheck() {}

  /**
   * Compares with the newest note that has a zone; a ledger that is absent or has no such note may
   * be of any.
   *
   * @param ledger the log of the ledger
   * @param zone what the definitions say
   * @throws org.millrace.contracts.MillraceException of category DEFINITION if the lake's days are
   *     those of another zone
   */
  static void require(TableLog ledger, ZoneId zone) {
    ledger
        .notes(Long.MAX_VALUE)
        .flatMap(note -> CommitNote.parse(note).stream())
        .filter(note -> note.dayZone().isPresent())
        .findFirst()
        .ifPresent(note -> note.requireIn(zone));
  }
}
