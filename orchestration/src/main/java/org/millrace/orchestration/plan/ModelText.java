package org.millrace.orchestration.plan;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.millrace.planning.ModelOverview;
import org.millrace.planning.ModelOverview.Move;
import org.millrace.planning.ModelOverview.Verdict;
import org.millrace.planning.ModelOverview.Version;

/** A model's versions and its history as text. Stateless. */
public final class ModelText {
  private ModelText() {}

  /** A line for each version, the newest first. */
  public static List<String> versions(ModelOverview model) {
    List<String> lines = new ArrayList<>();
    lines.add("%s in %s; %s".formatted(model.model(), model.registry(), holder(model)));
    int width =
        model.versions().stream().mapToInt(version -> version.origin().length()).max().orElse(0);
    for (Version version : model.versions()) {
      lines.add(
          ("  %4s  %-8s %-" + Math.max(width, 1) + "s  %-18s %s%s")
              .formatted(
                  version.version(),
                  version.tag(),
                  version.origin(),
                  newest(version),
                  scored(version),
                  mark(model, version))
              .stripTrailing());
    }

    if (model.versions().isEmpty()) {
      lines.add("  no versions: run `millrace train`, or `millrace register` one of yours");
    }

    lines.addAll(model.notes());
    return lines;
  }

  private static String holder(ModelOverview model) {
    return model
        .champion()
        .map(version -> "version " + version + " is " + model.alias())
        .orElse("no version is " + model.alias());
  }

  private static String newest(Version version) {
    List<Verdict> verdicts = version.verdicts();
    return verdicts.isEmpty() ? "not judged" : verdicts.get(verdicts.size() - 1).word();
  }

  private static String scored(Version version) {
    if (version.days() == 0) {
      return "no days";
    }

    return version.days() == 1
        ? version.firstDay()
        : "%d days, %s to %s".formatted(version.days(), version.firstDay(), version.lastDay());
  }

  private static String mark(ModelOverview model, Version version) {
    return model.champion().equals(Optional.of(version.version())) ? "  <- " + model.alias() : "";
  }

  private record Event(Instant at, List<String> lines) {}

  /** Verdicts and moves, the oldest first, each with its reasons below it. */
  public static List<String> history(ModelOverview model) {
    List<Event> events = new ArrayList<>();
    for (Version version : model.versions()) {
      version.verdicts().forEach(verdict -> events.add(verdict(version, verdict)));
    }

    model.moves().stream()
        .filter(move -> !move.kind().equals("INTENDED") || isOpen(model, move))
        .forEach(move -> events.add(move(model, move)));
    events.sort(Comparator.comparing(Event::at));
    List<String> lines = new ArrayList<>();
    lines.add("%s in %s; %s".formatted(model.model(), model.registry(), holder(model)));
    events.forEach(event -> lines.addAll(event.lines()));
    if (events.isEmpty()) {
      lines.add("  no verdict was given, and the alias was not moved");
    }

    model.versions().stream()
        .filter(version -> version.days() > 0)
        .forEach(version -> lines.add("  version " + version.version() + ": " + scored(version)));
    lines.addAll(model.notes());
    return lines;
  }

  /** An intent is news only if nothing came after it. */
  private static boolean isOpen(ModelOverview model, Move move) {
    return model.moves().get(model.moves().size() - 1).equals(move);
  }

  private static Event verdict(Version version, Verdict verdict) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "  %s  verdict %d on version %s%s: %s"
            .formatted(
                time(verdict.at()),
                verdict.number(),
                version.version(),
                verdict.beside().map(other -> ", beside version " + other).orElse(""),
                verdict.word()));
    verdict.reasons().forEach(reason -> lines.add("      " + reason));
    return new Event(verdict.at(), lines);
  }

  private static Event move(ModelOverview model, Move move) {
    String what =
        move.kind().equals("INTENDED")
            ? " was about to be moved"
            : move.kind().equals("FOUND") ? " was found moved" : " moved";
    return new Event(
        move.at(),
        List.of(
            "  %s  %s%s from %s to %s by %s"
                .formatted(
                    time(move.at()),
                    model.alias(),
                    what,
                    move.from().map(version -> "version " + version).orElse("none"),
                    move.to().map(version -> "version " + version).orElse("none"),
                    move.who()),
            "      " + (isOfVerdict(move) ? firstPart(move.why()) : move.why())));
  }

  /** Whose reasons are shown with the verdict. */
  private static boolean isOfVerdict(Move move) {
    return move.who().equals("gate") && move.why().startsWith("verdict ");
  }

  private static String firstPart(String why) {
    int end = why.indexOf(':');
    return end < 0 ? why : why.substring(0, end);
  }

  private static String time(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
