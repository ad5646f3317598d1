package org.millrace.jobs.init;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * Days to train on, and later ones to judge the model by. Between them lie as many days as a label
 * needs, so that the model learns from nothing that was not known when the gate's days began.
 *
 * @param training earlier days
 * @param gate later days, all of whose labels are known
 */
record TimeSplit(DayRange training, DayRange gate) {
  private static final double SHARE_OF_GATE = 0.2;

  /** Days after the gate's whose labels are known already: the first run shows how they went. */
  private static final double SHARE_OF_LATER = 0.1;

  private static final int MOST_LATER = 14;

  /**
   * Splits days.
   *
   * @param days that have rows
   * @param lastKnown the last day on which labels became known
   * @param labelDays after so many days a label is known
   * @throws MillraceException of category DEFINITION if there are too few days
   */
  static TimeSplit of(DayRange days, LocalDate lastKnown, int labelDays) {
    LocalDate last = lastKnown.isBefore(days.to()) ? lastKnown : days.to();
    long judged = ChronoUnit.DAYS.between(days.from(), last.minusDays(labelDays)) + 1;
    long gate = Math.max(1, Math.round(judged * SHARE_OF_GATE));
    long later = Math.min(MOST_LATER, Math.round(judged * SHARE_OF_LATER));
    long trained = judged - gate - later - labelDays;
    if (trained < gate + later) {
      trained += later;
    }

    if (trained < 1) {
      gate = Math.max(1, (judged - labelDays) / 2);
      trained = judged - gate - labelDays;
    }

    if (trained < 1) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot split %s into days to train on and days to judge by: it has %d days with labels until %s, and %d are needed, as a label is known %d days after its row; give more files, or a shorter --label-after"
              .formatted(
                  days,
                  Math.max(0, ChronoUnit.DAYS.between(days.from(), last) + 1),
                  lastKnown,
                  2L * labelDays + 2,
                  labelDays));
    }

    LocalDate gateFrom = days.from().plusDays(trained + labelDays);
    return new TimeSplit(
        new DayRange(days.from(), days.from().plusDays(trained - 1)),
        new DayRange(gateFrom, gateFrom.plusDays(gate - 1)));
  }
}
