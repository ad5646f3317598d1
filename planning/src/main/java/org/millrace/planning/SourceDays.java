package org.millrace.planning;

import java.time.LocalDate;
import java.util.Optional;
import org.millrace.contracts.definition.SourceDefinition;

/** What is known of the files of sources without reading their rows. */
@FunctionalInterface
public interface SourceDays {
  /**
   * What is known of a day.
   *
   * @param day empty for a source without days
   */
  Known of(SourceDefinition source, Optional<LocalDate> day);

  /** Whether two fingerprints of a day are known to be of the same rows. */
  default boolean areOfEqualRows(String one, String other) {
    return one.equals(other);
  }

  /**
   * Whether a fingerprint says that rows were made by another definition than the source's now; if
   * it does not say by which, not.
   */
  default boolean isOfAnotherDefinition(SourceDefinition source, String fingerprint) {
    return false;
  }

  /**
   * Whether a fingerprint that took another's place says that files yielded other rows. Not known
   * of rows that another definition made: these differ for whatever reason.
   */
  default boolean isOfNewRows(String before, String now) {
    return !before.equals(now);
  }

  /** What is known. */
  sealed interface Known {}

  /**
   * The files are as they were when they were read.
   *
   * @param fingerprint of the day
   */
  record Read(String fingerprint) implements Known {}

  /** The files, or the definition, changed since they were read; or nobody read this day. */
  record Unread() implements Known {}

  /**
   * There is nothing to read.
   *
   * @param why a phrase
   */
  record NoFiles(String why) implements Known {}
}
