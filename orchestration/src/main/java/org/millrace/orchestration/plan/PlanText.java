package org.millrace.orchestration.plan;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.millrace.planning.Plan;

/** A plan as lines of text: what changed, what is to be done and why, then what is done. */
public final class PlanText {
  private final Plan plan;
  private final boolean withReads;

  /**
   * Prepares the text.
   *
   * @param withReads whether each object's inputs are listed too
   */
  public PlanText(Plan plan, boolean withReads) {
    this.plan = requireNonNull(plan, "plan is null");
    this.withReads = withReads;
  }

  /** The lines, without what to type next. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s, %s: %s"
            .formatted(
                plan.pipeline(),
                days(),
                plan.champion().isEmpty() ? "no champion" : "champion " + plan.champion()));
    lines.addAll(new ChangeText(plan).lines());
    for (Plan.Step step : plan.steps()) {
      if (!step.work().isEmpty()) {
        lines.add(String.join(", ", step.verbs()) + "  " + step.object());
        step.work().forEach(work -> add(work, lines));
        if (withReads && !step.reads().isEmpty()) {
          lines.add("      reads " + String.join(", ", step.reads()));
        }
      }
    }

    if (plan.isIdle()) {
      lines.add("Nothing to do: all of it is done.");
    }

    String done =
        plan.steps().stream()
            .filter(step -> step.doneCount() > 0)
            .map(step -> step.object() + " " + step.doneCount())
            .collect(Collectors.joining(", "));
    if (!done.isEmpty()) {
      lines.add("done: " + done);
    }

    expected().ifPresent(lines::add);
    plan.notes().forEach(note -> lines.add("note: " + note));
    return lines;
  }

  /** Of all that is made; what the ledger knows nothing about is left out. */
  private Optional<String> expected() {
    double seconds = plan.steps().stream().mapToDouble(step -> Math.max(0, step.seconds())).sum();
    long bytes =
        plan.steps().stream()
            .flatMap(step -> step.work().stream())
            .filter(work -> work.need() == Plan.Need.MAKE)
            .mapToLong(work -> Math.max(0, work.bytes()))
            .sum();
    if (seconds == 0 && bytes == 0) {
      return Optional.empty();
    }

    String time =
        seconds == 0
            ? ""
            : String.format(
                Locale.ROOT,
                ", %,.0f s beside the start of Spark and the first table",
                Math.ceil(seconds));
    return Optional.of(
        String.format(Locale.ROOT, "expected: about %,.1f MB of data%s", bytes / 1e6, time));
  }

  private String days() {
    return plan.from().equals(plan.to())
        ? plan.from().toString()
        : plan.from() + " to " + plan.to();
  }

  private static void add(Plan.Work work, List<String> lines) {
    String count =
        work.partitions().equals("whole")
            ? ""
            : work.count() == 1 ? ", 1 day" : ", " + work.count() + " days";
    String rows =
        work.rows() < 0 || work.need() == Plan.Need.BLOCKED
            ? ""
            : String.format(Locale.ROOT, ", about %,d rows", work.rows());
    lines.add(
        "  %-8s%s%s%s"
            .formatted(word(work.need()), work.partitions().replace("_", " to "), count, rows));
    work.reasons().forEach(reason -> lines.add("          " + reason));
  }

  private static String word(Plan.Need need) {
    return need.name().toLowerCase(Locale.ROOT);
  }
}
