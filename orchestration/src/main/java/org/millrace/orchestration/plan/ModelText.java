package org.millrace.orchestration.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.millrace.planning.ModelOverview;
import org.millrace.planning.ModelOverview.Verdict;
import org.millrace.planning.ModelOverview.Version;

/** A model's versions as text. Stateless. */
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

  static String holder(ModelOverview model) {
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
}
