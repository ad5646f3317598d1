package org.millrace.jobs.model;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.millrace.jobs.room.JobContext;

/** Which champions score which days. Driver only. */
public enum Champions {
  /** The version that holds the alias now scores all days. */
  NOW,
  /** Each day is scored by the version that held the alias when the day ended. */
  AS_WAS;

  /**
   * A champion and its days.
   *
   * @param champion who scores
   * @param days in order; may be none
   */
  public record Days(Champion champion, List<LocalDate> days) {
    /** Copies the list. */
    public Days {
      requireNonNull(champion, "champion is null");
      days = List.copyOf(days);
    }
  }

  /**
   * The champions of some days, at least one; of no day two.
   *
   * @throws org.millrace.contracts.MillraceException of category INPUT_MISSING if a day has none;
   *     EXTERNAL if the registry is down and its files are not here
   */
  public List<Days> of(JobContext context, List<LocalDate> days) {
    return this == NOW || days.isEmpty()
        ? List.of(new Days(Champion.resolve(context), days))
        : asWas(context, days);
  }

  private static List<Days> asWas(JobContext context, List<LocalDate> days) {
    AliasHistory history = AliasHistory.read(context.lake().logs(), context.pipeline().scoring());
    Map<String, List<LocalDate>> byVersion = new LinkedHashMap<>();
    for (LocalDate day : days) {
      String version = history.requireHolder(day, context.pipeline().platform().dayZone());
      byVersion.computeIfAbsent(version, number -> new ArrayList<>()).add(day);
    }

    return byVersion.entrySet().stream()
        .map(own -> new Days(Champion.of(context, own.getKey()), own.getValue()))
        .toList();
  }
}
