package org.millrace.features.source;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.planning.SourceDays;

/**
 * What is known of sources by the listings of their files, which are made once, and what earlier
 * runs kept of them. Reads no rows, needs no Spark session, writes nothing. Not thread-safe.
 */
public final class KnownSourceDays implements SourceDays {
  private final Path lake;
  private final Map<String, Listing> listings = new HashMap<>();
  private final IdentityHashMap<SourceDefinition, String> hashes = new IdentityHashMap<>();

  /** A listing, or why there is none. */
  private record Listing(Optional<KnownDays> known, String why) {}

  /**
   * Nothing is listed yet.
   *
   * @param lake the lake's directory
   */
  public KnownSourceDays(Path lake) {
    this.lake = requireNonNull(lake, "lake is null");
  }

  @Override
  public Known of(SourceDefinition source, Optional<LocalDate> day) {
    Listing listing = listings.computeIfAbsent(source.table(), table -> list(source));
    return listing
        .known()
        .<Known>map(
            known ->
                known
                    .fingerprint(source, day.orElse(KnownDays.WHOLE))
                    .<Known>map(Read::new)
                    .orElseGet(Unread::new))
        .orElseGet(() -> new NoFiles(listing.why()));
  }

  @Override
  public boolean areOfEqualRows(String one, String other) {
    return DayFingerprint.areOfEqualRows(one, other);
  }

  @Override
  public boolean isOfAnotherDefinition(SourceDefinition source, String fingerprint) {
    String hash = hashes.computeIfAbsent(source, of -> of.hash());
    return DayFingerprint.isOfAnotherDefinition(hash, fingerprint);
  }

  @Override
  public boolean isOfNewRows(String before, String now) {
    return DayFingerprint.isOfNewRows(before, now);
  }

  private Listing list(SourceDefinition source) {
    try {
      return new Listing(Optional.of(KnownDays.find(lake, source)), "");
    } catch (MillraceException e) {
      if (e.category() != ErrorCategory.INPUT_MISSING) {
        throw e;
      }

      return new Listing(
          Optional.empty(), Objects.requireNonNullElse(e.getMessage(), e.toString()));
    }
  }
}
