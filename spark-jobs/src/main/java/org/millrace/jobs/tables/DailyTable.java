package org.millrace.jobs.tables;

import org.millrace.contracts.Digest;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.features.window.DailyPartials;

/** What the ledger says of a view's daily partial aggregates. */
public final class DailyTable {
  private DailyTable() {}

  /**
   * The fingerprint of a day: of its events, of what is kept of them, and of how.
   *
   * @param ofEvents the fingerprint of the same day of the view's table
   */
  public static String fingerprint(FeatureViewDefinition view, String ofEvents) {
    return Digest.sha256(
        ofEvents, view.keptDaily().toString(), Integer.toString(DailyPartials.FORMAT));
  }
}
