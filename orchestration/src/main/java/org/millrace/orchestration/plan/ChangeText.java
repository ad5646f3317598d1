package org.millrace.orchestration.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.millrace.contracts.DayRange;
import org.millrace.planning.DefinitionChange;
import org.millrace.planning.Plan;

/**
 * The changes of definitions of a plan as lines of text: what differs, and what follows from it.
 */
final class ChangeText {
  private final Plan plan;
  private final Map<String, Plan.Step> steps;

  ChangeText(Plan plan) {
    this.plan = plan;
    this.steps = plan.steps().stream().collect(Collectors.toMap(Plan.Step::object, step -> step));
  }

  /** The lines; none if nothing changed. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    plan.changes().forEach(change -> add(change, lines));
    return lines;
  }

  private void add(DefinitionChange change, List<String> lines) {
    lines.add(
        "changed  %s: %s, %s"
            .formatted(change.definition(), change.category().word(), change.category().meaning()));
    change.differences().forEach(difference -> lines.add("      " + difference));
    if (!change.days().isEmpty()) {
      lines.add("    made before it: " + days(change.days()));
    }

    lines.add("    directly: " + objects(change.directly()));
    if (!change.downstream().isEmpty()) {
      lines.add("    downstream: " + objects(change.downstream()));
    }
  }

  private static String days(List<DayRange> ranges) {
    long count = ranges.stream().mapToLong(range -> range.days().size()).sum();
    String first = ranges.get(0).toString().replace("_", " to ");
    String others = ranges.size() == 1 ? "" : ", ... " + ranges.get(ranges.size() - 1).to();
    return first + others + (count == 1 ? ", 1 day" : ", " + count + " days");
  }

  private String objects(List<String> objects) {
    return objects.stream()
        .map(object -> object + " (" + state(object) + ")")
        .collect(Collectors.joining(", "));
  }

  private String state(String object) {
    Plan.Step step = steps.get(object);
    if (step == null) {
      return "not in this plan";
    }

    return step.work().isEmpty()
        ? "stays"
        : step.work().stream()
            .collect(
                Collectors.groupingBy(Plan.Work::need, Collectors.summingInt(Plan.Work::count)))
            .entrySet()
            .stream()
            .sorted(Map.Entry.comparingByKey())
            .map(need -> need.getKey().name().toLowerCase(Locale.ROOT) + " " + need.getValue())
            .collect(Collectors.joining(", "));
  }
}
