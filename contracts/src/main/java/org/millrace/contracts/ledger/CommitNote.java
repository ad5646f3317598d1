package org.millrace.contracts.ledger;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.TableVersion;

/**
 * What a commit says of itself in Delta's {@code userMetadata}. The ledger is an index over these
 * notes: a lost one is made again from them.
 *
 * @param runKey the intent
 * @param attempt distinct for each try, so that a commit is known as ours when its history is read
 *     back
 * @param fingerprint of definition and inputs
 * @param inputs pinned tables that were read
 * @param partitions the partitions that the commit makes; empty for tables that the ledger does not
 *     know
 * @param dayZone zone of the days that partition the lake; earlier releases do not say it
 * @param definitions hash of the definitions that the run was given, under which the lake keeps
 *     them; earlier releases do not say it
 */
public record CommitNote(
    String runKey,
    String attempt,
    String fingerprint,
    List<TableVersion> inputs,
    NavigableMap<Partition, PartitionNote> partitions,
    Optional<ZoneId> dayZone,
    Optional<String> definitions) {
  /** Copies the collections. */
  public CommitNote {
    requireNonNull(runKey, "runKey is null");
    requireNonNull(attempt, "attempt is null");
    requireNonNull(fingerprint, "fingerprint is null");
    inputs = List.copyOf(inputs);
    partitions = Collections.unmodifiableNavigableMap(new TreeMap<>(partitions));
    requireNonNull(dayZone, "dayZone is null");
    requireNonNull(definitions, "definitions is null");
  }

  /** A note of a commit whose partitions the ledger does not know. */
  public CommitNote(String runKey, String attempt, String fingerprint, List<TableVersion> inputs) {
    this(runKey, attempt, fingerprint, inputs, new TreeMap<>(), Optional.empty(), Optional.empty());
  }

  /** The same note, with what it says of partitions. */
  public CommitNote with(NavigableMap<Partition, PartitionNote> made) {
    return new CommitNote(runKey, attempt, fingerprint, inputs, made, dayZone, definitions);
  }

  /** The same note, with the zone of the lake's days. */
  public CommitNote in(ZoneId zone) {
    return new CommitNote(
        runKey, attempt, fingerprint, inputs, partitions, Optional.of(zone), definitions);
  }

  /** The same note of a run that was given these definitions; by their hash. */
  public CommitNote by(String hash) {
    return new CommitNote(
        runKey, attempt, fingerprint, inputs, partitions, dayZone, Optional.of(hash));
  }

  /**
   * Checks that days of another zone are not taken for those of this one: a day has other rows
   * there. A note without a zone may be of any.
   *
   * @param zone of the definitions
   * @throws MillraceException of category DEFINITION if the note names another zone
   */
  public void requireIn(ZoneId zone) {
    dayZone
        .filter(made -> !made.getRules().equals(zone.getRules()))
        .ifPresent(
            made -> {
              throw new MillraceException(
                  ErrorCategory.DEFINITION,
                  "Cannot use this lake with 'day-zone: %1$s': its days are those of %2$s, according to a commit of %3$s; set 'day-zone: %2$s' in millrace.yaml, or take another lake"
                      .formatted(zone, made, runKey));
            });
  }

  /** As {@code userMetadata} keeps it. */
  public String toJson() {
    Map<String, Object> note = new LinkedHashMap<>();
    note.put("run_key", runKey);
    note.put("attempt", attempt);
    note.put("fingerprint", fingerprint);
    note.put("inputs", versions(inputs));
    if (!partitions.isEmpty()) {
      Map<String, PartitionNote> made = new LinkedHashMap<>();
      partitions.forEach((partition, of) -> made.put(partition.text(), of));
      note.put("partitions", made);
    }

    dayZone.ifPresent(zone -> note.put("day_zone", zone.getId()));
    definitions.ifPresent(hash -> note.put("definitions", hash));
    return Json.write(note);
  }

  /** Reads what {@link #toJson} wrote; empty if the text is not such a note. */
  public static Optional<CommitNote> parse(String userMetadata) {
    if (!userMetadata.startsWith("{\"run_key\":")) {
      return Optional.empty();
    }

    try {
      Written written = Json.read(userMetadata, Written.class);
      return written.isWhole() ? Optional.of(written.note()) : Optional.empty();
    } catch (MillraceException e) {
      return Optional.empty(); // another program's metadata that begins alike
    }
  }

  /** {@code {"raw.flights":12,...}}, as the ledger and prediction lineage keep it. */
  public static String versionsJson(Collection<TableVersion> tables) {
    return Json.write(versions(tables));
  }

  /** Reads what {@link #versionsJson} wrote: versions by table. */
  public static Map<String, Long> readVersions(String json) {
    try {
      return Json.MAPPER.readValue(json, new TypeReference<Map<String, Long>>() {});
    } catch (JsonProcessingException e) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot read the input versions '" + json + "': expected an object of numbers",
          e);
    }
  }

  private static Map<String, Long> versions(Collection<TableVersion> tables) {
    Map<String, Long> versions = new LinkedHashMap<>();
    tables.forEach(table -> versions.put(table.table(), table.version()));
    return versions;
  }

  /** The JSON form; paths of inputs are not in it. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Written(
      @JsonProperty("run_key") @Nullable String runKey,
      @JsonProperty("attempt") @Nullable String attempt,
      @JsonProperty("fingerprint") @Nullable String fingerprint,
      @JsonProperty("inputs") @Nullable Map<String, Long> inputs,
      @JsonProperty("partitions") @Nullable Map<String, PartitionNote> partitions,
      @JsonProperty("day_zone") @Nullable ZoneId dayZone,
      @JsonProperty("definitions") @Nullable String definitions) {
    boolean isWhole() {
      return runKey != null
          && attempt != null
          && fingerprint != null
          && inputs != null
          && inputs.values().stream().allMatch(version -> version != null && version >= 0)
          && (partitions == null || partitions.values().stream().allMatch(Objects::nonNull));
    }

    CommitNote note() {
      List<TableVersion> tables = new ArrayList<>();
      requireNonNull(inputs, "inputs is null")
          .forEach((table, version) -> tables.add(new TableVersion(table, "", version)));
      NavigableMap<Partition, PartitionNote> made = new TreeMap<>();
      if (partitions != null) {
        partitions.forEach((text, of) -> made.put(Partition.parse(text), of));
      }

      return new CommitNote(
          requireNonNull(runKey, "runKey is null"),
          requireNonNull(attempt, "attempt is null"),
          requireNonNull(fingerprint, "fingerprint is null"),
          tables,
          made,
          Optional.ofNullable(dayZone),
          Optional.ofNullable(definitions));
    }
  }
}
