package org.millrace.orchestration.plan;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import org.millrace.contracts.DayRange;
import org.millrace.planning.ModelOverview;
import org.millrace.planning.ModelOverview.Move;
import org.millrace.planning.ModelOverview.Publication;
import org.millrace.planning.ModelOverview.Verdict;
import org.millrace.planning.ModelOverview.Version;
import org.millrace.planning.RolloutOverview;

/**
 * What became of a model as one timeline, the newest last: versions, verdicts, approvals, moves of
 * the alias, days that were published, taken back and shown again. Stateless.
 */
public final class HistoryText {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
  private static final int MOST_RANGES = 3;

  private HistoryText() {}

  /**
   * What happened.
   *
   * @param version that it is about
   * @param what one word or two
   * @param lines the sentences, at least one
   * @param night what a run published; empty for every other event
   */
  private record Event(
      Instant at, String version, String what, List<String> lines, Optional<Publication> night) {
    Event(Instant at, String version, String what, List<String> lines) {
      this(at, version, what, lines, Optional.empty());
    }
  }

  /** The lines. */
  public static List<String> lines(ModelOverview model) {
    List<Event> events = events(model);
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s in %s; %s; times and days are of %s"
            .formatted(model.model(), model.registry(), ModelText.holder(model), model.dayZone()));
    int wide = width(events.stream().map(Event::version).toList());
    int wordy = width(events.stream().map(Event::what).toList());
    ZoneId zone = ZoneId.of(model.dayZone());
    for (Event event : events) {
      String start = TIME.format(event.at().atZone(zone));
      for (String line : event.lines()) {
        lines.add(
            ("  %-19s  %-" + wide + "s  %-" + wordy + "s  %s")
                .formatted(
                    start,
                    start.isEmpty() ? "" : event.version(),
                    start.isEmpty() ? "" : event.what(),
                    line)
                .stripTrailing());
        start = "";
      }
    }

    if (events.isEmpty()) {
      lines.add("  nothing happened yet: no version is dated, judged or used");
    }

    lines.addAll(undated(model));
    lines.addAll(inForce(model));
    lines.addAll(model.notes());
    return lines;
  }

  private static int width(List<String> texts) {
    return Math.max(1, texts.stream().mapToInt(String::length).max().orElse(1));
  }

  private static List<Event> events(ModelOverview model) {
    List<Event> events = new ArrayList<>();
    for (Version version : model.versions()) {
      version.registeredAt().ifPresent(at -> events.add(registered(version, at)));
      version.verdicts().forEach(verdict -> events.add(verdict(version, verdict)));
    }

    model.moves().stream()
        .filter(move -> !move.kind().equals("INTENDED") || isOpen(model, move))
        .forEach(move -> events.add(move(model, move)));
    model.rollouts().forEach(move -> events.add(rollout(move)));
    model.publications().forEach(publication -> events.add(publication(publication)));
    events.sort(Comparator.comparing(Event::at));
    return joined(events);
  }

  private static Event rollout(RolloutOverview.Move move) {
    return new Event(
        move.at(),
        "version " + move.challenger(),
        "rollout",
        List.of(
            "%s%s from %s on, by %s: %s"
                .formatted(
                    move.action().toLowerCase(Locale.ROOT),
                    move.stage().isEmpty() ? "" : " " + move.stage(),
                    move.fromDay(),
                    move.who(),
                    move.why())));
  }

  /** Nights in a row of one version are one event, at the time of the last of them. */
  private static List<Event> joined(List<Event> events) {
    List<Event> joined = new ArrayList<>();
    for (Event event : events) {
      int last = joined.size() - 1;
      Optional<Publication> before = last < 0 ? Optional.empty() : joined.get(last).night();
      boolean goesOn =
          before.isPresent()
              && event
                  .night()
                  .filter(night -> night.version().equals(before.get().version()))
                  .isPresent();
      if (goesOn) {
        joined.set(last, publication(both(before.get(), event.night().get())));
      } else {
        joined.add(event);
      }
    }

    return joined;
  }

  private static Publication both(Publication one, Publication next) {
    TreeSet<LocalDate> days = new TreeSet<>();
    one.ranges().forEach(range -> days.addAll(range.days()));
    next.ranges().forEach(range -> days.addAll(range.days()));
    return new Publication(
        next.kind(),
        next.version(),
        next.shown(),
        DayRange.covering(days),
        days.size(),
        one.rows() + next.rows(),
        "",
        "",
        next.at(),
        next.runKey());
  }

  private static Event registered(Version version, Instant at) {
    String of = version.trainingSet().isEmpty() ? "" : ", from " + version.trainingSet();
    String tag = version.tag().isEmpty() ? "" : " " + version.tag();
    return new Event(
        at, name(version.version()), "registered" + tag, List.of(version.origin() + of));
  }

  private static Event verdict(Version version, Verdict verdict) {
    List<String> lines = new ArrayList<>();
    lines.add(
        verdict.word()
            + verdict.beside().map(other -> ", beside version " + other).orElse("")
            + " (verdict "
            + verdict.number()
            + ")");
    lines.addAll(verdict.reasons());
    String what = verdict.approver().isPresent() ? "approved" : "judged";
    return new Event(verdict.at(), name(version.version()), what, lines);
  }

  /** An intent is news only if nothing came after it. */
  private static boolean isOpen(ModelOverview model, Move move) {
    return model.moves().get(model.moves().size() - 1).equals(move);
  }

  private static Event move(ModelOverview model, Move move) {
    String moved =
        switch (move.kind()) {
          case "INTENDED" -> "was about to be moved";
          case "FOUND" -> "was found moved";
          default -> move.isRollback() ? "was given back" : "moved";
        };
    return new Event(
        move.at(),
        name(move.to()),
        model.alias(),
        List.of(
            "%s from %s by %s: %s"
                .formatted(
                    moved,
                    name(move.from()),
                    move.who(),
                    isOfVerdict(move) ? firstPart(move.why()) : move.why())));
  }

  /** Whose reasons are shown with the verdict. */
  private static boolean isOfVerdict(Move move) {
    return move.why().matches("verdict [0-9]+: .*");
  }

  private static String firstPart(String why) {
    return why.substring(0, why.indexOf(':'));
  }

  private static Event publication(Publication publication) {
    String days = days(publication.ranges(), publication.days(), publication.rows());
    String by =
        (publication.by().isEmpty() ? "" : "by " + publication.by())
            + (publication.why().isEmpty() ? "" : ": " + publication.why());
    String range = days(publication.ranges(), publication.days());
    return switch (publication.kind()) {
      case PUBLISHED ->
          new Event(
              publication.at(),
              name(publication.version()),
              "published",
              List.of(days),
              Optional.of(publication));
      case RESTORED ->
          new Event(publication.at(), name(publication.version()), "shown again", List.of(days));
      case TAKEN_BACK ->
          new Event(
              publication.at(),
              name(publication.version()),
              "taken back",
              List.of(
                  range
                      + publication
                          .shown()
                          .map(version -> "; readers see version " + version + " again")
                          .orElse("; readers see none")
                      + (by.isEmpty() ? "" : "; " + by)));
    };
  }

  private static List<String> undated(ModelOverview model) {
    List<String> numbers =
        model.versions().stream()
            .filter(version -> version.registeredAt().isEmpty())
            .map(Version::version)
            .toList();
    return numbers.isEmpty()
        ? List.of()
        : List.of("not known here: when version " + String.join(", ", numbers) + " was registered");
  }

  private static List<String> inForce(ModelOverview model) {
    return model.versions().stream()
        .filter(version -> version.days() > 0)
        .map(
            version ->
                "readers see version %s on %s"
                    .formatted(
                        version.version(), days(version.ranges(), version.days(), version.rows())))
        .toList();
  }

  private static String days(List<DayRange> ranges, int count, long rows) {
    return days(ranges, count) + String.format(Locale.ROOT, ", %,d rows", rows);
  }

  private static String days(List<DayRange> ranges, int count) {
    if (ranges.size() > MOST_RANGES) {
      return "%d days from %s to %s, in %d pieces"
          .formatted(
              count, ranges.get(0).from(), ranges.get(ranges.size() - 1).to(), ranges.size());
    }

    String all =
        String.join(
            " and ", ranges.stream().map(range -> range.toString().replace("_", " to ")).toList());
    return count == 1 ? all : count + " days, " + all;
  }

  private static String name(Optional<String> version) {
    return version.map(HistoryText::name).orElse("none");
  }

  private static String name(String version) {
    return "version " + version;
  }
}
