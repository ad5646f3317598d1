package org.millrace.jobs.withdrawal;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * One publication of a day, as the rows in the prediction table have it.
 *
 * @param number of the publication; {@link #UNNUMBERED} in rows of an earlier release
 * @param fingerprint of its predictions
 * @param modelVersion the version that made them; of two versions, the champion of the day
 * @param versions all versions that made them: two while one is rolled out
 * @param supersededAt when another one took its place, or it was taken back; empty while in force
 * @param isWithdrawn true if it was taken back
 * @param rows how many
 */
public record Publication(
    LocalDate day,
    long number,
    String fingerprint,
    String modelVersion,
    List<String> versions,
    Optional<Instant> supersededAt,
    boolean isWithdrawn,
    long rows) {
  /** Stands for no number. */
  public static final long UNNUMBERED = -1;

  /**
   * The newest one last. Numbers order them and no clock does, but for those of an earlier release:
   * they come first, by the time at which they were superseded.
   */
  static final Comparator<Publication> OLDEST_FIRST =
      Comparator.comparingLong(Publication::number)
          .thenComparing(publication -> publication.supersededAt().orElse(Instant.MAX));

  /** Checks that all is present. */
  public Publication {
    requireNonNull(day, "day is null");
    requireNonNull(fingerprint, "fingerprint is null");
    requireNonNull(modelVersion, "modelVersion is null");
    requireNonNull(supersededAt, "supersededAt is null");
    versions = List.copyOf(versions);
  }

  /** True if a version made some of it. */
  public boolean isOf(String version) {
    return versions.contains(version);
  }

  /** True if readers see it. */
  public boolean isInForce() {
    return supersededAt.isEmpty();
  }

  /** True if it was superseded by another one, and so would be in force without that. */
  public boolean isBelow() {
    return supersededAt.isPresent() && !isWithdrawn;
  }
}
