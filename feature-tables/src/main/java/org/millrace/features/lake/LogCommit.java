package org.millrace.features.lake;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.spark.sql.delta.actions.Action$;
import org.apache.spark.sql.delta.actions.AddFile;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Json;

/**
 * What one commit of a Delta log did, as far as it is asked for here.
 *
 * @param note the commit's {@code userMetadata}
 * @param transaction id that Delta gave the transaction
 * @param files added and removed files, in order
 * @param touched partition values of files that changed the data
 * @param touchesUnknown whether a removed file of unknown partition changed the data
 */
record LogCommit(
    Optional<String> note,
    Optional<String> transaction,
    List<FileChange> files,
    Set<Map<String, @Nullable String>> touched,
    boolean touchesUnknown) {
  /**
   * A file that was added or removed.
   *
   * @param key path and deletion vector: what tells two states of a file apart
   * @param partition values by column
   * @param rows rows that are not deleted; empty if unknown
   * @param bytes length of the file; empty if unknown
   * @param added the file as Delta reads it; empty if it was removed, or has what is not read here
   */
  record FileChange(
      boolean isAdded,
      String key,
      Map<String, @Nullable String> partition,
      OptionalLong rows,
      OptionalLong bytes,
      Optional<AddedFile> added) {
    /** The same with less memory. */
    FileChange withoutAdded() {
      return new FileChange(isAdded, key, partition, rows, bytes, Optional.empty());
    }
  }

  boolean changesData() {
    return touchesUnknown || !touched.isEmpty();
  }

  static LogCommit parse(Iterator<String> lines) throws IOException {
    Optional<String> note = Optional.empty();
    Optional<String> transaction = Optional.empty();
    List<FileChange> files = new ArrayList<>();
    Set<Map<String, @Nullable String>> touched = new HashSet<>();
    boolean touchesUnknown = false;
    while (lines.hasNext()) {
      String text = lines.next();
      JsonNode line = Json.MAPPER.readTree(text);
      if (line.has("commitInfo")) {
        note = text(line.get("commitInfo").get("userMetadata"));
        transaction = text(line.get("commitInfo").get("txnId"));
      }

      boolean isAdded = line.has("add");
      JsonNode file = line.get(isAdded ? "add" : "remove");
      if (file == null) {
        continue;
      }

      FileChange change =
          change(isAdded ? Optional.of(new AddedFile(() -> parse(text))) : Optional.empty(), file);
      files.add(change);
      if (file.path("dataChange").asBoolean(true)) {
        // a writer may leave out the partition of a file that it removes
        touchesUnknown |= file.path("partitionValues").isMissingNode();
        touched.add(change.partition());
      }
    }

    return new LogCommit(note, transaction, List.copyOf(files), touched, touchesUnknown);
  }

  private static AddFile parse(String line) {
    return (AddFile) Action$.MODULE$.fromJson(line);
  }

  private static FileChange change(Optional<AddedFile> added, JsonNode file) throws IOException {
    Map<String, @Nullable String> partition = new HashMap<>();
    file.path("partitionValues")
        .fields()
        .forEachRemaining(
            value ->
                partition.put(
                    value.getKey(), value.getValue().isNull() ? null : value.getValue().asText()));
    JsonNode vector = file.path("deletionVector");
    boolean hasVector = vector.isObject();
    String key =
        key(
            file.path("path").asText(),
            hasVector
                ? Optional.of(
                    vector.path("storageType").asText()
                        + vector.path("pathOrInlineDv").asText()
                        + "@"
                        + vector.path("offset").asLong(0))
                : Optional.empty());
    OptionalLong rows =
        rows(
            text(file.get("stats")).orElse(null),
            hasVector ? vector.path("cardinality").asLong() : 0);
    JsonNode size = file.path("size");
    OptionalLong bytes = size.isNumber() ? OptionalLong.of(size.asLong()) : OptionalLong.empty();
    return new FileChange(added.isPresent(), key, partition, rows, bytes, added);
  }

  static String key(String path, Optional<String> vector) {
    return path + vector.map(id -> "|" + id).orElse("");
  }

  /** Rows by a file's statistics, less the deleted ones; empty if the statistics do not say. */
  static OptionalLong rows(@Nullable String statistics, long deleted) throws IOException {
    if (statistics == null) {
      return OptionalLong.empty();
    }

    // one number of a text that can be kilobytes long, and the first of it by custom
    try (JsonParser parser = Json.MAPPER.createParser(statistics)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        if (name.equals("numRecords")) {
          return OptionalLong.of(parser.getLongValue() - deleted);
        }

        parser.skipChildren();
      }
    }

    return OptionalLong.empty();
  }

  private static Optional<String> text(@Nullable JsonNode node) {
    return node == null || node.isNull() ? Optional.empty() : Optional.of(node.asText());
  }
}
