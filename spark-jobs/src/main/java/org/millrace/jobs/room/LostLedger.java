package org.millrace.jobs.room;

import java.util.List;
import org.millrace.features.lake.Lake;
import org.millrace.features.ledger.Ledger;

/** Says aloud that a lake has tables and no ledger. Driver only. */
public final class LostLedger {
  private LostLedger() {}

  /**
   * Warns if runs made tables here of which nothing is known any more. The rooms go on: after a
   * first run that was killed before its first entry there is nothing else to do.
   */
  public static void warn(Lake lake, Ledger ledger, Progress progress) {
    if (ledger.version() >= 0) {
      return;
    }

    List<String> made = lake.tables().stream().filter(table -> !table.startsWith("ops.")).toList();
    if (!made.isEmpty()) {
      progress.say(
          "ledger",
          "warning: this lake has "
              + String.join(", ", made)
              + " and no ledger, so that all days are made again; if the ledger was lost, stop this"
              + " run and enter what there is with `millrace doctor --lake --rebuild-ledger`");
    }
  }
}
