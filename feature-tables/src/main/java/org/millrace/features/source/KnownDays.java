package org.millrace.features.source;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.millrace.contracts.Digest;
import org.millrace.contracts.Json;
import org.millrace.contracts.WholeFile;
import org.millrace.contracts.definition.InputDefinition;
import org.millrace.contracts.definition.SourceDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a source's files yield, as far as they were read: fingerprints by day, of one definition and
 * one listing of the files. Kept in {@code <lake>/ingest/<table>.json}, so that unchanged files are
 * not read again. It says nothing about what the table holds: a day is done only if the ledger has
 * the fingerprint that stands here. A file that is missing, damaged, of another definition or of
 * another listing is not used, and the source is read.
 *
 * <p>Placement: driver only.
 *
 * @param definition SHA-256 of the definition
 * @param listing digest of the names, sizes and times of all input files
 * @param isComplete whether all days were read: then one that is absent has no rows
 * @param days fingerprints by day
 */
public record KnownDays(
    @JsonProperty("definition") String definition,
    @JsonProperty("listing") String listing,
    @JsonProperty("is_complete") boolean isComplete,
    @JsonProperty("days") NavigableMap<LocalDate, String> days) {
  private static final Logger LOG = LoggerFactory.getLogger(KnownDays.class);

  /** Stands for the day of a table without days. */
  public static final LocalDate WHOLE = LocalDate.EPOCH;

  /** Copies the days. */
  public KnownDays {
    days = new TreeMap<>(days);
  }

  /**
   * Lists a source's files now, and returns what an earlier run kept of exactly these.
   *
   * @param lake the lake's directory
   * @throws org.millrace.contracts.MillraceException of category INPUT_MISSING if there are none
   */
  public static KnownDays find(Path lake, SourceDefinition source) {
    String listing = listing(source);
    KnownDays nothing = new KnownDays(source.hash(), listing, false, new TreeMap<>());
    Path file = file(lake, source);
    if (!Files.exists(file)) {
      return nothing;
    }

    try {
      KnownDays kept = Json.MAPPER.readValue(file.toFile(), KnownDays.class);
      return source.hash().equals(kept.definition) && listing.equals(kept.listing) ? kept : nothing;
    } catch (IOException e) {
      LOG.warn("Cannot read {}, reading the source instead: {}", file, e.toString());
      return nothing;
    }
  }

  private static String listing(SourceDefinition source) {
    TreeMap<String, String> listings = new TreeMap<>();
    source.inputs().forEach((name, input) -> listings.put(name, listing(input)));
    return Digest.sha256(listings.toString());
  }

  /** What a database holds is known only once it was read. */
  private static String listing(InputDefinition input) {
    return input.jdbc().isPresent() ? UUID.randomUUID().toString() : Digest.listing(input.path());
  }

  private static Path file(Path lake, SourceDefinition source) {
    return lake.resolve("ingest").resolve(source.table() + ".json");
  }

  /** The same, with days that were read from the same files. */
  public KnownDays with(Map<LocalDate, String> read) {
    TreeMap<LocalDate, String> all = new TreeMap<>(days);
    all.putAll(read);
    return new KnownDays(definition, listing, isComplete, all);
  }

  /** The same files, all of whose days were read. */
  public KnownDays complete(NavigableMap<LocalDate, String> read) {
    return new KnownDays(definition, listing, true, read);
  }

  /** True if the fingerprint of each of these days is known. */
  public boolean covers(Collection<LocalDate> asked) {
    return isComplete || days.keySet().containsAll(asked);
  }

  /** The fingerprint of a day; empty if the day was not read. */
  public Optional<String> fingerprint(SourceDefinition source, LocalDate day) {
    Optional<String> known = Optional.ofNullable(days.get(day));
    return known.isPresent() || !isComplete
        ? known
        : Optional.of(DayFingerprint.of(source, RowFacts.NONE));
  }

  /**
   * Keeps it for later runs; a disk that refuses costs them a reading and does not fail the job.
   */
  public void keep(Path lake, SourceDefinition source) {
    Path file = file(lake, source);
    try {
      WholeFile.write(file, unfinished -> Json.MAPPER.writeValue(unfinished.toFile(), this));
    } catch (IOException e) {
      LOG.warn("Cannot keep what was read of {} in {}: {}", source.table(), file, e.toString());
    }
  }
}
