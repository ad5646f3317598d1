package org.millrace.registry.rollout;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.millrace.contracts.definition.FallBack;
import org.millrace.contracts.definition.GateDefinition.Range;
import org.millrace.registry.gate.Findings;

/**
 * Whether a champion is to lose the alias, by what came true of its last days. A day counts once,
 * however many metrics lie outside their ranges; a metric that is missing or not finite on a day,
 * such as the AUC of a day with one class, is none that lies outside. Pure.
 */
public final class JudgeChampion {
  private JudgeChampion() {}

  /**
   * Judges.
   *
   * @param quality metrics of the days that the champion scored since it got the alias, by day
   * @return why it is to fall back; empty if it is not
   */
  public static Optional<String> reason(
      FallBack rules, NavigableMap<LocalDate, Map<String, Double>> quality) {
    List<String> outside = new ArrayList<>();
    quality.descendingMap().entrySet().stream()
        .limit(rules.of())
        .forEach(day -> first(rules, day.getKey(), day.getValue()).ifPresent(outside::add));
    return outside.size() >= rules.days()
        ? Optional.of(
            "%d of the last %d judged days lie outside: %s"
                .formatted(
                    outside.size(),
                    Math.min(rules.of(), quality.size()),
                    String.join(", ", outside)))
        : Optional.empty();
  }

  private static Optional<String> first(
      FallBack rules, LocalDate day, Map<String, Double> metrics) {
    return new TreeMap<>(rules.ranges())
        .entrySet().stream()
            .flatMap(
                rule ->
                    outside(rule.getValue(), metrics.getOrDefault(rule.getKey(), Double.NaN))
                        .map(what -> "%s %s %s".formatted(day, rule.getKey(), what))
                        .stream())
            .findFirst();
  }

  private static Optional<String> outside(Range range, double value) {
    if (range.min().filter(min -> value < min).isPresent()) {
      return Optional.of(
          "%s is less than %s"
              .formatted(Findings.shown(value, range.min().get()), range.min().get()));
    }

    return range
        .max()
        .filter(max -> value > max)
        .map(max -> "%s is more than %s".formatted(Findings.shown(value, max), max));
  }
}
