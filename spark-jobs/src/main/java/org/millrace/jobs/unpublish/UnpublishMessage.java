package org.millrace.jobs.unpublish;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Verb;
import org.millrace.jobs.withdrawal.AskedDays;
import org.millrace.jobs.withdrawal.AskedDays.Before;
import org.millrace.jobs.withdrawal.TakenDay;

/** Says in a sentence what was taken back, and what was not. Driver only. */
record UnpublishMessage(RunKey runKey, String table, NavigableMap<LocalDate, Before> before) {
  UnpublishMessage(RunKey runKey, String table) {
    this(runKey, table, new TreeMap<>());
  }

  /** The same, with the days that were taken back before. */
  UnpublishMessage before(AskedDays asked) {
    return new UnpublishMessage(runKey, table, asked.before());
  }

  /**
   * The sentence.
   *
   * @param made the commits
   * @param taken their days
   */
  String text(List<TableVersion> made, List<TakenDay> taken) {
    TreeMap<LocalDate, Before> others = new TreeMap<>(before);
    taken.forEach(day -> others.remove(day.day()));
    if (made.isEmpty() && others.isEmpty()) {
      return "Nothing to take back: "
          + table
          + " has no predictions of "
          + runKey.days()
          + " in force";
    }

    String done = made.isEmpty() ? "" : done(made, taken);
    return done + (others.isEmpty() ? "" : (done.isEmpty() ? "" : "; ") + former(others));
  }

  private static String done(List<TableVersion> made, List<TakenDay> taken) {
    String what =
        "Took back "
            + TakenDay.text(taken)
            + " in "
            + made.get(0).table()
            + "@"
            + String.join(", ", made.stream().map(version -> "v" + version.version()).toList());
    if (taken.size() == 1) {
      TakenDay day = taken.get(0);
      return what
          + ": readers see "
          + day.shown()
              .map(
                  version ->
                      "the " + day.shownRows() + " predictions of version " + version + " again")
              .orElse("no predictions of that day");
    }

    long empty = taken.stream().filter(day -> day.shown().isEmpty()).count();
    return what
        + ": readers see earlier predictions of "
        + (taken.size() - empty)
        + " days again, and none of "
        + empty;
  }

  private String former(NavigableMap<LocalDate, Before> others) {
    Map.Entry<LocalDate, Before> first = others.firstEntry();
    String which =
        String.join(
            ", ",
            DayRange.covering(new TreeSet<>(others.keySet())).stream()
                .map(DayRange::toString)
                .toList());
    return which
        + (others.size() == 1 ? " was " : " were ")
        + first.getValue().text()
        + further(others)
            .map(
                seen ->
                    ". To take back also what readers see since then, type `" + command(seen) + "`")
            .orElse(", and nothing is left in force");
  }

  /** The version to name so that these days are taken back further; empty if nothing is left. */
  private static Optional<Long> further(NavigableMap<LocalDate, Before> others) {
    return others.values().stream()
        .filter(day -> day.rows() > 0)
        .map(Before::version)
        .max(Long::compare);
  }

  private String command(long seen) {
    DayRange days = runKey.days();
    return "millrace "
        + Verb.UNPUBLISH.word()
        + " "
        + runKey.pipeline()
        + (days.size() == 1
            ? " --date " + days.from()
            : " --from " + days.from() + " --to " + days.to())
        + " --seen "
        + seen;
  }
}
