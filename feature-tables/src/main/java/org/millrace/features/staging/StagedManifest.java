package org.millrace.features.staging;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.LocalDate;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.ledger.PartitionNote;

/**
 * What is known of staged rows.
 *
 * @param object what they will become
 * @param days the days that they cover
 * @param runKey intent that made them
 * @param attempt start of the program that made them
 * @param fingerprints by day, for every day
 * @param rows what became of the rows that were read, by day, for every day
 * @param digest of the names and bytes of their files; empty until they are sealed
 * @param inputs pinned tables that were read
 * @param facts what else the next room needs, as the JSON of a record that both rooms know
 */
public record StagedManifest(
    @JsonProperty("object") String object,
    @JsonProperty("days") DayRange days,
    @JsonProperty("run_key") String runKey,
    @JsonProperty("attempt") String attempt,
    @JsonProperty("fingerprints") NavigableMap<LocalDate, String> fingerprints,
    @JsonProperty("rows") NavigableMap<LocalDate, RowCounts> rows,
    @JsonProperty("digest") String digest,
    @JsonProperty("inputs") List<TableVersion> inputs,
    @JsonProperty("facts") JsonNode facts) {
  /** Copies the collections, and checks that all is present. */
  public StagedManifest {
    requireNonNull(object, "object is null");
    requireNonNull(days, "days is null");
    requireNonNull(runKey, "runKey is null");
    requireNonNull(attempt, "attempt is null");
    requireNonNull(digest, "digest is null");
    requireNonNull(facts, "facts is null");
    fingerprints = Collections.unmodifiableNavigableMap(new TreeMap<>(fingerprints));
    rows = Collections.unmodifiableNavigableMap(new TreeMap<>(rows));
    inputs = List.copyOf(inputs);
  }

  /** JSON of a room without other facts. */
  public static JsonNode noFacts() {
    return Json.MAPPER.createObjectNode();
  }

  /** A record of facts as JSON. */
  public static JsonNode facts(Object record) {
    return Json.MAPPER.valueToTree(record);
  }

  /** The facts as the record that the room before wrote. */
  public <T> T facts(Class<T> type) {
    try {
      return Json.MAPPER.treeToValue(facts, type);
    } catch (JsonProcessingException e) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot use the staged rows of "
              + object
              + " of "
              + days
              + ": their manifest does not have the facts that are expected; stage them again",
          e);
    }
  }

  /** One fingerprint over all days. */
  public String fingerprint() {
    return Digest.sha256(fingerprints.values().toArray(String[]::new));
  }

  /** What a commit of these rows says of their partitions. */
  public NavigableMap<Partition, PartitionNote> partitions(String verdict) {
    NavigableMap<Partition, PartitionNote> partitions = new TreeMap<>();
    fingerprints.forEach(
        (day, fingerprint) ->
            partitions.put(
                Partition.of(day),
                new PartitionNote(fingerprint, rows.getOrDefault(day, RowCounts.NONE), verdict)));
    return partitions;
  }

  /** What became of the rows of all days. */
  public RowCounts totalRows() {
    return RowCounts.sum(rows.values());
  }

  /** Staged rows of each day. */
  public NavigableMap<LocalDate, Long> acceptedRows() {
    NavigableMap<LocalDate, Long> accepted = new TreeMap<>();
    rows.forEach((day, counts) -> accepted.put(day, counts.accepted()));
    return accepted;
  }

  StagedManifest withDigest(String of) {
    return new StagedManifest(object, days, runKey, attempt, fingerprints, rows, of, inputs, facts);
  }
}
