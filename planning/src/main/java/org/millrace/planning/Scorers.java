package org.millrace.planning;

import java.time.LocalDate;

/** Which version scores a day. */
@FunctionalInterface
public interface Scorers {
  /** Who scores a day. */
  Scorer on(LocalDate day);

  /** The same one on all days. */
  static Scorers always(Scorer scorer) {
    return day -> scorer;
  }
}
