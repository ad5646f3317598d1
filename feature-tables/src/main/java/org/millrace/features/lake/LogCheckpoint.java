package org.millrace.features.lake;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.spark.sql.delta.actions.AddFile;
import org.jspecify.annotations.Nullable;
import org.millrace.features.lake.LogCommit.FileChange;
import scala.Option;

/** Reads the live files of a classic Delta checkpoint, without Spark. Driver only. */
final class LogCheckpoint {
  private static final String ADD = "add";

  private LogCheckpoint() {}

  /** The files of a checkpoint by their keys. */
  static Map<String, FileChange> files(List<FileStatus> parts, Configuration configuration)
      throws IOException {
    Map<String, FileChange> files = new HashMap<>();
    for (FileStatus part : parts) {
      Path path = part.getPath();
      Configuration projected = new Configuration(configuration);
      projected.set(ReadSupport.PARQUET_READ_SCHEMA, projection(path, configuration).toString());
      try (ParquetReader<Group> reader =
          ParquetReader.builder(new GroupReadSupport(), path).withConf(projected).build()) {
        for (Group row = reader.read(); row != null; row = reader.read()) {
          if (row.getFieldRepetitionCount(ADD) > 0) {
            FileChange file = file(row.getGroup(ADD, 0));
            files.put(file.key(), file);
          }
        }
      }
    }

    return files;
  }

  private static MessageType projection(Path path, Configuration configuration) throws IOException {
    try (ParquetFileReader file =
        ParquetFileReader.open(HadoopInputFile.fromPath(path, configuration))) {
      MessageType all = file.getFooter().getFileMetaData().getSchema();
      GroupType add = all.getType(ADD).asGroupType();
      List<Type> wanted =
          Stream.of(
                  "path",
                  "partitionValues",
                  "deletionVector",
                  "stats",
                  "size",
                  "modificationTime",
                  "baseRowId",
                  "tags",
                  "clusteringProvider")
              .filter(add::containsField)
              .map(add::getType)
              .toList();
      return new MessageType(all.getName(), add.withNewFields(wanted));
    }
  }

  private static FileChange file(Group add) throws IOException {
    Optional<Group> vector = group(add, "deletionVector");
    Optional<String> vectorId =
        vector.map(
            fields ->
                fields.getString("storageType", 0)
                    + fields.getString("pathOrInlineDv", 0)
                    + "@"
                    + (has(fields, "offset") ? fields.getInteger("offset", 0) : 0));
    OptionalLong rows =
        LogCommit.rows(
            has(add, "stats") ? add.getString("stats", 0) : null,
            vector.map(fields -> fields.getLong("cardinality", 0)).orElse(0L));
    OptionalLong bytes =
        has(add, "size") ? OptionalLong.of(add.getLong("size", 0)) : OptionalLong.empty();
    Map<String, @Nullable String> partition = partition(add);
    return new FileChange(
        true,
        LogCommit.key(add.getString("path", 0), vectorId),
        partition,
        rows,
        bytes,
        vector.isPresent() || hasMore(add)
            ? Optional.empty()
            : Optional.of(new AddedFile(() -> added(add, partition))));
  }

  /** What Delta carries on from one state of a file to the next, and is not read here. */
  private static boolean hasMore(Group add) {
    return has(add, "baseRowId")
        || has(add, "clusteringProvider")
        || group(add, "tags").filter(tags -> tags.getFieldRepetitionCount(0) > 0).isPresent();
  }

  @SuppressWarnings("NullAway") // Scala's own type has null where a file has no such thing
  private static AddFile added(Group add, Map<String, @Nullable String> partition) {
    scala.collection.immutable.Map<String, String> values =
        scala.collection.immutable.Map$.MODULE$.<String, String>empty();
    for (Map.Entry<String, @Nullable String> value : partition.entrySet()) {
      values = values.$plus(new scala.Tuple2<>(value.getKey(), value.getValue()));
    }

    return new AddFile(
        add.getString("path", 0),
        values,
        add.getLong("size", 0),
        add.getLong("modificationTime", 0),
        false,
        has(add, "stats") ? add.getString("stats", 0) : null,
        null,
        null,
        Option.empty(),
        Option.empty(),
        Option.empty());
  }

  private static Map<String, @Nullable String> partition(Group add) {
    Map<String, @Nullable String> values = new HashMap<>();
    group(add, "partitionValues")
        .ifPresent(
            map -> {
              for (int i = 0; i < map.getFieldRepetitionCount(0); i++) {
                Group entry = map.getGroup(0, i);
                values.put(
                    entry.getString(0, 0),
                    entry.getFieldRepetitionCount(1) > 0 ? entry.getString(1, 0) : null);
              }
            });
    return values;
  }

  private static Optional<Group> group(Group parent, String field) {
    return has(parent, field) ? Optional.of(parent.getGroup(field, 0)) : Optional.empty();
  }

  private static boolean has(Group group, String field) {
    return group.getType().containsField(field) && group.getFieldRepetitionCount(field) > 0;
  }
}
