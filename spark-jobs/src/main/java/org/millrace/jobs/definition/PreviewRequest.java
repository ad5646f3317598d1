package org.millrace.jobs.definition;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.Locale;

/**
 * What to look at.
 *
 * @param kind of object
 * @param name of the object; of a source its table
 * @param day whose rows to show; a source without days shows all
 * @param rows how many to show, at least 1
 * @param isExplained whether the SQL is shown in place of rows
 */
public record PreviewRequest(Kind kind, String name, LocalDate day, int rows, boolean isExplained) {
  /** What can be looked at. */
  public enum Kind {
    SOURCE,
    VIEW,
    SPINE,
    LABEL,
    TRAINING;

    /** As people type it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Refuses absent parts. */
  public PreviewRequest {
    requireNonNull(kind, "kind is null");
    requireNonNull(name, "name is null");
    requireNonNull(day, "day is null");
  }
}
