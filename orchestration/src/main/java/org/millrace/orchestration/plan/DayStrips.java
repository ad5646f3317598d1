package org.millrace.orchestration.plan;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.planning.Plan;

/**
 * The days of each object of a plan as a strip of characters, one a day, so that a hole is seen at
 * a glance. A day that the plan does not ask for is a space.
 */
public final class DayStrips {
  /** What the characters mean. */
  public static final String LEGEND =
      "# done  . missing  ~ stale  f failed  r at work  ! changed outside  ? cut off  = to be compared  x blocked  w taken back";

  /** What a failed run, or one at work, says more of than how it is now. */
  private static final String MAY_BE_RUN = ".~?=";

  private static final String WHOLE = "whole";

  private final Plan plan;
  private final DayRange shown;
  private final List<RunKey> atWork;
  private final List<RunKey> failed;

  /**
   * Prepares the strips.
   *
   * @param newest how many days are shown at most: the newest of the plan's
   * @param atWork runs that are at work, of any pipeline
   * @param failed runs that failed and have not ended well since, by the room that failed
   */
  public DayStrips(Plan plan, int newest, List<RunKey> atWork, List<RunKey> failed) {
    this.plan = requireNonNull(plan, "plan is null");
    this.atWork = List.copyOf(atWork);
    this.failed = List.copyOf(failed);
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
              .map(work -> run(step, day, sign(work)))
              .findFirst()
              .orElse(step.done().stream().anyMatch(done -> covers(done, day)) ? '#' : ' '));
    }

    return strip.toString().stripTrailing();
  }

  /** The sign of an undone day, or what a run makes of it. */
  private char run(Plan.Step step, LocalDate day, char sign) {
    if (MAY_BE_RUN.indexOf(sign) < 0) {
      return sign;
    }

    return isAny(atWork, step, day) ? 'r' : isAny(failed, step, day) ? 'f' : sign;
  }

  private boolean isAny(List<RunKey> runs, Plan.Step step, LocalDate day) {
    return runs.stream()
        .filter(run -> run.pipeline().equals(plan.pipeline()) && isOf(run, step, day))
        .anyMatch(run -> step.verbs().contains(run.room()) || isPipeline(run.room()));
  }

  /** What comes true is judged some days after the day that it is of. */
  private static boolean isOf(RunKey run, Plan.Step step, LocalDate day) {
    return step.verbs().contains(Verb.MONITOR.word())
        ? !day.isAfter(run.days().to())
        : run.days().contains(day);
  }

  private static boolean isPipeline(String word) {
    return Verb.of(word).filter(verb -> verb.kind() == Verb.Kind.PIPELINE).isPresent();
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
