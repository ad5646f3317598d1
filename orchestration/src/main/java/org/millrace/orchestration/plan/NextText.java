package org.millrace.orchestration.plan;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.millrace.planning.Plan;

/**
 * What a pipeline has before it, as lines of text: what is due of the days it has, then the next.
 */
public final class NextText {
  private final Plan plan;
  private final LocalDate yesterday;
  private final String catchUp;

  /**
   * Prepares the text.
   *
   * @param plan of all days that the ledger knows, with what is due of them
   * @param yesterday in the zone of the days
   * @param catchUp the command that does what is due
   */
  public NextText(Plan plan, LocalDate yesterday, String catchUp) {
    this.plan = requireNonNull(plan, "plan is null");
    this.yesterday = requireNonNull(yesterday, "yesterday is null");
    this.catchUp = requireNonNull(catchUp, "catchUp is null");
  }

  /** The lines; none if nothing was published yet. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    plan.due()
        .ifPresent(
            due -> {
              if (!due.isEmpty()) {
                String counts =
                    plan.steps().stream()
                        .filter(step -> due.containsKey(step.object()))
                        .map(step -> step.object() + " " + due.get(step.object()))
                        .collect(Collectors.joining(", "));
                lines.add("due until %s: %s; %s --to %1$s".formatted(plan.to(), counts, catchUp));
              }

              LocalDate next = plan.to().plusDays(1);
              long more = ChronoUnit.DAYS.between(next, yesterday);
              lines.add(
                  next.isAfter(yesterday)
                      ? "next: %s, when it is over".formatted(next)
                      : "next: %s%s; %s"
                          .formatted(
                              next,
                              more == 0
                                  ? ", which is over"
                                  : ", and " + more + " more days until yesterday",
                              catchUp));
            });
    return lines;
  }
}
