package org.millrace.jobs.ingest;

import java.util.ArrayList;
import java.util.List;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.jobs.failure.Ending;

/**
 * Sources that failed, while others went on. Together they end in the category that waiting mends
 * least: one that must be looked at comes before one that the next try may mend.
 */
final class SourceFailures {
  private record Failure(ErrorCategory category, String message, Exception cause) {}

  private final List<Failure> failures = new ArrayList<>();
  private final List<String> tables = new ArrayList<>();

  /** Notes a failed source. */
  void add(String table, Ending ending, Exception cause) {
    failures.add(new Failure(ending.category(), ending.sentence(), cause));
    tables.add(table);
  }

  /** True if some failed, all because days have yet to come. */
  boolean areOnlyNotReady() {
    return !failures.isEmpty()
        && failures.stream().allMatch(failure -> failure.cause() instanceof NotReadyException);
  }

  /**
   * Ends the room if a source failed.
   *
   * @param sources how many there were
   */
  void throwIfAny(int sources) {
    if (failures.isEmpty()) {
      return;
    }

    Failure worst = failures.get(0);
    for (Failure failure : failures) {
      if (failure.category().isWorseThan(worst.category())) {
        worst = failure;
      }
    }

    MillraceException thrown =
        new MillraceException(worst.category(), message(worst, sources), worst.cause());
    failures.stream()
        .map(Failure::cause)
        .filter(cause -> !cause.equals(thrown.getCause()))
        .forEach(thrown::addSuppressed);
    throw thrown;
  }

  /** The worst first; one alone is said as it is. */
  private String message(Failure worst, int sources) {
    if (failures.size() == 1) {
      return worst.message();
    }

    StringBuilder message =
        new StringBuilder(
            "Cannot fill %d of %d raw tables (%s): %s"
                .formatted(failures.size(), sources, String.join(", ", tables), worst.message()));
    failures.stream()
        .filter(failure -> !failure.equals(worst))
        .forEach(failure -> message.append(". ").append(failure.message()));
    return message.toString();
  }
}
