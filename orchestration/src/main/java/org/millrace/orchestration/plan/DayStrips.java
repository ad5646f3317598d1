package org.millrace.orchestration.plan;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import org.millrace.contracts.DayRange;
import org.millrace.planning.Plan;

/**
 * The days of each object of a plan as a strip of characters, one a day, so that a hole is seen at
 * a glance. A day that the plan does not ask for is a space.
 */
public final class DayStrips {
  /** What the characters mean. */
  public static final String LEGEND =
      "# done  . missing  ~ stale  ! changed outside  ? cut off  = to be compared  x blocked  w taken back";

  private static final String WHOLE = "whole";

  private final Plan plan;
  private final DayRange shown;

  /**
   * Prepares the strips.
   *
   * @param newest how many days are shown at most: the newest of the plan's
   */
  public DayStrips(Plan plan, int newest) {
    this.plan = requireNonNull(plan, "plan is null");
    LocalDate earliest = plan.to().minusDays(newest - 1L);
    this.shown = new DayRange(earliest.isBefore(plan.from()) ? plan.from() : earliest, plan.to());
  }

  /** The days that are shown. */
  public DayRange shown() {
    return shown;
  }

  /** A strip for each object, in the order in which a run makes them; one character for a whole. */
  public Map<String, String> strips() {
    Map<String, String> strips = new LinkedHashMap<>();
    plan.steps().forEach(step -> strips.put(step.object(), strip(step)));
    return strips;
  }

  private String strip(Plan.Step step) {
    if (step.done().contains(WHOLE)) {
      return "#";
    }

    if (step.work().stream().anyMatch(work -> work.partitions().equals(WHOLE))) {
      return String.valueOf(sign(step.work().get(0)));
    }

    StringBuilder strip = new StringBuilder();
    for (LocalDate day : shown.days()) {
      strip.append(
          step.work().stream()
              .filter(work -> covers(work.partitions(), day))
              .map(DayStrips::sign)
              .findFirst()
              .orElse(step.done().stream().anyMatch(done -> covers(done, day)) ? '#' : ' '));
    }

    return strip.toString().stripTrailing();
  }

  private static boolean covers(String partitions, LocalDate day) {
    String[] ends = partitions.split("_", -1);
    return new DayRange(LocalDate.parse(ends[0]), LocalDate.parse(ends[ends.length - 1]))
        .contains(day);
  }

  private static char sign(Plan.Work work) {
    if (work.need() == Plan.Need.BLOCKED) {
      return 'x';
    }

    if (work.need() == Plan.Need.COMPARE) {
      return '=';
    }

    return switch (work.reasons().get(0).kind()) {
      case NEVER_MADE -> '.';
      case CHANGED_OUTSIDE -> '!';
      case CUT_OFF -> '?';
      case WITHDRAWN -> 'w';
      default -> '~';
    };
  }
}
