package org.millrace.contracts.definition;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;

/**
 * All definitions of a pipeline as they were at one moment, by what they mean. The lake keeps each
 * one that something was made by, under its hash, so that it can be said what changed since.
 * Thread-safe.
 */
public final class DefinitionSnapshot {
  private static final int SCHEMA = 1;

  private final NavigableMap<DefinitionKey, DefinitionContent> contents;
  private final Map<ViewReading, String> readings = new ConcurrentHashMap<>();

  /** A snapshot of these contents. */
  public DefinitionSnapshot(Map<DefinitionKey, DefinitionContent> contents) {
    this.contents = Collections.unmodifiableNavigableMap(new TreeMap<>(contents));
  }

  /** The definitions of a pipeline as they are now. */
  public static DefinitionSnapshot of(Pipeline pipeline) {
    Map<DefinitionKey, DefinitionContent> contents = new TreeMap<>();
    pipeline
        .sources()
        .forEach(
            source ->
                contents.put(
                    new DefinitionKey(DefinitionKind.SOURCE, source.table()), source.content()));
    pipeline
        .views()
        .forEach(
            view ->
                contents.put(new DefinitionKey(DefinitionKind.VIEW, view.name()), view.content()));
    String name = pipeline.name();
    contents.put(
        new DefinitionKey(DefinitionKind.SPINE, pipeline.spine().name()),
        pipeline.spine().content());
    pipeline
        .label()
        .ifPresent(
            label ->
                contents.put(
                    new DefinitionKey(DefinitionKind.LABEL, label.name()), label.content()));
    contents.put(new DefinitionKey(DefinitionKind.TRAINING, name), pipeline.training().content());
    contents.put(new DefinitionKey(DefinitionKind.GATE, name), pipeline.gate().content());
    contents.put(new DefinitionKey(DefinitionKind.SCORING, name), pipeline.scoring().content());
    contents.put(
        new DefinitionKey(DefinitionKind.MONITORING, name), pipeline.monitoring().content());
    pipeline
        .rollout()
        .ifPresent(
            rollout ->
                contents.put(new DefinitionKey(DefinitionKind.ROLLOUT, name), rollout.content()));
    return new DefinitionSnapshot(contents);
  }

  /** All of them, sources first. */
  public NavigableMap<DefinitionKey, DefinitionContent> contents() {
    return contents;
  }

  /** What a definition meant; empty if there was none of that name. */
  public Optional<DefinitionContent> content(DefinitionKey key) {
    return Optional.ofNullable(contents.get(key));
  }

  /** SHA-256 of what is read by a reader of a view; empty if there was no such view. */
  public Optional<String> hash(ViewReading reading) {
    DefinitionContent content = contents.get(reading.view());
    return content == null
        ? Optional.empty()
        : Optional.of(readings.computeIfAbsent(reading, read -> read.hash(content)));
  }

  /** SHA-256 over all of them. */
  public String hash() {
    List<String> parts = new ArrayList<>();
    contents.forEach(
        (key, content) ->
            parts.addAll(List.of(key.toString(), content.dataHash(), content.metadataHash())));
    return Digest.sha256(parts.toArray(String[]::new));
  }

  /** As JSON. */
  public String toJson() {
    Map<String, DefinitionContent> definitions = new TreeMap<>();
    contents.forEach((key, content) -> definitions.put(key.toString(), content));
    return Json.write(new Written(SCHEMA, definitions));
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @param where it stands, for the message
   * @throws MillraceException of category DATA_CONTRACT if it is not that
   */
  public static DefinitionSnapshot parse(String json, String where) {
    try {
      Written written = Json.MAPPER.readValue(json, Written.class);
      if (written.schema() != SCHEMA) {
        throw new IllegalArgumentException(
            "its schema is %d vs %d of this release".formatted(written.schema(), SCHEMA));
      }

      Map<DefinitionKey, DefinitionContent> contents = new TreeMap<>();
      written
          .definitions()
          .forEach(
              (key, content) ->
                  contents.put(
                      DefinitionKey.parse(key), requireNonNull(content, () -> key + " is null")));
      return new DefinitionSnapshot(contents);
    } catch (IOException | RuntimeException e) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot read the definitions in "
              + where
              + ": "
              + e.getMessage()
              + "; bring the file back, or delete it: days that were made by them are then compared"
              + " as a whole",
          e);
    }
  }

  /** The JSON form. */
  private record Written(
      @JsonProperty("schema") int schema,
      @JsonProperty("definitions") Map<String, DefinitionContent> definitions) {
    Written {
      requireNonNull(definitions, "definitions is null");
    }
  }
}
