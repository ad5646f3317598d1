package org.millrace.orchestration.plan;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.millrace.planning.RolloutOverview;
import org.millrace.planning.RolloutOverview.Move;
import org.millrace.planning.RolloutOverview.Stage;

/** A model's rollouts as text. Stateless. */
public final class RolloutText {
  private RolloutText() {}

  /** The stages, what the current one has shown, and what was decided so far. */
  public static List<String> lines(RolloutOverview overview) {
    List<String> lines = new ArrayList<>();
    lines.add(overview.current().map(RolloutText::current).orElse(none(overview)));
    for (Stage stage : overview.stages()) {
      boolean isCurrent =
          overview.current().filter(move -> move.stage().equals(stage.name())).isPresent();
      lines.add(
          "  %-12s %-8s %6s of the rows, %d days%s"
              .formatted(
                  stage.name(),
                  stage.policy(),
                  percent(stage.share()),
                  stage.days(),
                  isCurrent ? "  <- since " + overview.current().orElseThrow().fromDay() : ""));
    }

    overview.evidence().filter(JsonNode::isObject).ifPresent(evidence -> evidence(evidence, lines));
    if (!overview.moves().isEmpty()) {
      lines.add("decided so far:");
      overview.moves().forEach(move -> move(move, lines));
    }

    return lines;
  }

  private static String none(RolloutOverview overview) {
    return "no rollout of %s is under way".formatted(overview.model());
  }

  private static String current(Move move) {
    return "version %s beside champion %s: stage %s, %s of the rows from %s on"
        .formatted(
            move.challenger(),
            move.champion(),
            move.stage(),
            percent(move.share()),
            move.fromDay());
  }

  private static void evidence(JsonNode evidence, List<String> lines) {
    lines.add(
        "the newest look, at stage %s: %s to %s, %,d rows with labels of %d days"
            .formatted(
                evidence.path("stage").asText(),
                evidence.path("from").asText(),
                evidence.path("to").asText(),
                evidence.path("rows").asLong(),
                evidence.path("days").asInt()));
    TreeSet<String> metrics = new TreeSet<>();
    evidence.path("champion").fieldNames().forEachRemaining(metrics::add);
    metrics.remove("rows"); // the same for both, and shown above
    for (String metric : metrics) {
      lines.add(
          "  %-20s champion %12s  challenger %12s%s"
              .formatted(
                  metric,
                  number(evidence.path("champion").path(metric)),
                  number(evidence.path("challenger").path(metric)),
                  interval(evidence.path("intervals").path(metric))));
    }

    evidence
        .path("disagreement")
        .fields()
        .forEachRemaining(
            entry -> lines.add("  %-20s %s".formatted(entry.getKey(), number(entry.getValue()))));
    evidence.path("reasons").forEach(reason -> lines.add("  - " + reason.asText()));
  }

  private static String interval(JsonNode interval) {
    return interval.isMissingNode()
        ? ""
        : "  difference between %s and %s with %s"
            .formatted(
                number(interval.path("low")),
                number(interval.path("high")),
                percent(interval.path("confidence").asDouble()));
  }

  private static void move(Move move, List<String> lines) {
    lines.add(
        "  %s  rollout %d of version %s: %s%s from %s, by %s"
            .formatted(
                move.at().truncatedTo(ChronoUnit.SECONDS),
                move.rollout(),
                move.challenger(),
                move.action().toLowerCase(Locale.ROOT),
                move.stage().isEmpty()
                    ? ""
                    : " " + move.stage() + ", " + percent(move.share()) + " of the rows",
                move.fromDay(),
                move.who()));
    lines.add("      " + move.why());
  }

  private static String number(JsonNode value) {
    return value.isNumber()
        ? String.format(Locale.ROOT, value.isIntegralNumber() ? "%.0f" : "%.5g", value.asDouble())
        : "-";
  }

  private static String percent(double share) {
    return new BigDecimal(100 * share)
            .round(new MathContext(3))
            .stripTrailingZeros()
            .toPlainString()
        + " %";
  }
}
