package org.millrace.jobs.rollback;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Json;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.jobs.model.RollbackRequest;
import org.millrace.jobs.room.RoomResult;
import org.millrace.planning.ShownDays;

/**
 * What was moved, or would be.
 *
 * @param alias that scores
 * @param from version that held it; empty for none
 * @param to version that holds it
 * @param wasMoved whether it held it before this call
 * @param asked what the person asked
 * @param left days that show predictions of {@code from}, if none were to go back
 * @param days that readers see otherwise since, and those that stay, as no earlier version
 *     published them
 * @param made versions of the prediction table; empty for none
 */
public record RollbackResult(
    String alias,
    Optional<String> from,
    ModelVersion to,
    boolean wasMoved,
    RollbackRequest asked,
    List<DayRange> left,
    List<ShownDays> days,
    List<TableVersion> made)
    implements RoomResult {
  /** Copies the lists. */
  public RollbackResult {
    left = List.copyOf(left);
    days = List.copyOf(days);
    made = List.copyOf(made);
  }

  @Override
  public boolean isIdle() {
    return wasMoved && made.isEmpty() && (!asked.dryRun() || changed().isEmpty());
  }

  private List<ShownDays> changed() {
    return days.stream().filter(range -> !range.isKept()).toList();
  }

  private static boolean isEmptied(ShownDays range) {
    return range.after().isEmpty();
  }

  @Override
  public RowCounts rows() {
    return RowCounts.accepted(sum(changed(), ShownDays::rowsAfter));
  }

  private static long sum(List<ShownDays> ranges, ToLongFunction<ShownDays> what) {
    return ranges.stream().mapToLong(what).sum();
  }

  @Override
  public Map<String, Long> written() {
    return made.isEmpty() ? Map.of() : Map.of(made.get(0).table(), rows().accepted());
  }

  @Override
  public Map<String, String> versions() {
    return made.isEmpty()
        ? Map.of()
        : Map.of(
            made.get(0).table(),
            String.join(",", made.stream().map(one -> Long.toString(one.version())).toList()));
  }

  @Override
  public Map<String, Long> counts() {
    if (asked.since().isEmpty()) {
      return Map.of();
    }

    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("days", daysThat(range -> !range.isKept()));
    counts.put("days_empty", daysThat(RollbackResult::isEmptied));
    counts.put("days_kept", daysThat(ShownDays::isKept));
    counts.put("rows_before", sum(changed(), ShownDays::rowsBefore));
    return counts;
  }

  private long daysThat(Predicate<ShownDays> which) {
    return days.stream().filter(which).mapToLong(ShownDays::size).sum();
  }

  @Override
  public Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("alias", alias);
    values.put("from", from.orElse("none"));
    values.put("to", to.version());
    if (asked.dryRun()) {
      values.put("dry_run", "true");
    }

    asked
        .since()
        .ifPresent(
            since -> {
              values.put("since", since.toString());
              values.put("days", Json.write(days));
            });
    if (!isIdle()) {
      undo().ifPresent(command -> values.put("undo", command));
    }

    return values;
  }

  /** The command that makes all of it as it was; empty if no version held the alias before. */
  private Optional<String> undo() {
    return from.map(
        version ->
            "millrace rollback %s --to %s%s"
                .formatted(
                    to.name(),
                    version,
                    asked.since().map(since -> " --since " + since).orElse("")));
  }

  @Override
  public String message() {
    List<String> parts = new ArrayList<>(Stream.of(moved(), shown(), kept(), stale()).toList());
    if (asked.dryRun() && !isIdle()) {
      parts.add("nothing was changed");
    } else if (!isIdle()) {
      parts.add(undo().map(command -> "`" + command + "` undoes it").orElse(""));
    }

    return String.join("; ", parts.stream().filter(part -> !part.isEmpty()).toList());
  }

  private String moved() {
    if (wasMoved) {
      return to + " is " + alias + " already";
    }

    return "%s %s %s again%s"
        .formatted(
            to,
            asked.dryRun() ? "would be" : "is",
            alias,
            from.map(old -> ", not version " + old).orElse(""));
  }

  private String shown() {
    if (asked.since().isEmpty()) {
      return "";
    }

    List<ShownDays> again = changed().stream().filter(range -> !isEmptied(range)).toList();
    List<ShownDays> emptied = changed().stream().filter(RollbackResult::isEmptied).toList();
    String see = asked.dryRun() ? "readers would see" : "readers see";
    return String.join(
        "; ",
        Stream.of(
                again.isEmpty() ? "" : see + " earlier predictions again of " + text(again),
                emptied.isEmpty() ? "" : see + " no predictions of " + text(emptied),
                changed().isEmpty() ? "no day shows others" : "")
            .filter(part -> !part.isEmpty())
            .toList());
  }

  private static String text(List<ShownDays> ranges) {
    return String.join(
        ", ",
        ranges.stream().map(range -> new DayRange(range.from(), range.to()).toString()).toList());
  }

  private String kept() {
    List<ShownDays> kept = days.stream().filter(ShownDays::isKept).toList();
    if (kept.isEmpty()) {
      return "";
    }

    return "no other version published %1$s, which %2$s of version %3$s: make them again with %4$s, or leave readers none with --allow-empty-days"
        .formatted(
            text(kept),
            asked.dryRun() ? "would still show predictions" : "still show predictions",
            from.orElse("none"),
            String.join(", ", kept.stream().map(this::backfill).toList()));
  }

  private String backfill(ShownDays range) {
    return "`millrace backfill %s --from %s --to %s`"
        .formatted(to.name(), range.from(), range.to());
  }

  private String stale() {
    if (left.isEmpty() || wasMoved) {
      return "";
    }

    return "readers still see predictions of version %s on %s: take them back with `millrace rollback %s --to %s --since %s`"
        .formatted(
            from.orElse("none"),
            String.join(", ", left.stream().map(DayRange::toString).toList()),
            to.name(),
            to.version(),
            left.get(0).from());
  }
}
