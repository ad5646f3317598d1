package org.millrace.features.lake;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.delta.actions.Metadata;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata$;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.definition.DefinitionMetadata;
import scala.collection.JavaConverters;

/**
 * What a table says about itself: its comment and those of its columns, and in properties whose it
 * is and how it is tagged. No row depends on it.
 *
 * @param metadata comment, owner, tags
 * @param columns comments of columns, by name; columns without one are allowed
 */
public record TableDescription(DefinitionMetadata metadata, Map<String, String> columns) {
  private static final String OWNER = "millrace.owner";
  private static final String TAGS = "millrace.tags";

  /** Copies the map. */
  public TableDescription {
    requireNonNull(metadata, "metadata is null");
    columns = Map.copyOf(columns);
  }

  /** A description without owner and tags. */
  static TableDescription of(String comment, Map<String, String> columns) {
    return new TableDescription(DefinitionMetadata.of(comment), columns);
  }

  /** The properties that say more than the comment. */
  Map<String, String> properties() {
    Map<String, String> properties = new HashMap<>();
    metadata.owner().ifPresent(owner -> properties.put(OWNER, owner));
    if (!metadata.tags().isEmpty()) {
      properties.put(TAGS, String.join(",", metadata.tags()));
    }

    return properties;
  }

  /** The columns of a new table, all nullable, with their comments. */
  StructType newSchema(StructType schema) {
    StructType commented = new StructType();
    for (StructField field : schema.fields()) {
      String comment = columns.get(field.name());
      StructField bare =
          DataTypes.createStructField(
              field.name(), field.dataType(), true, Metadata$.MODULE$.empty());
      commented = commented.add(comment == null ? bare : bare.withComment(comment));
    }

    return commented;
  }

  /** The same rows, whose columns carry their comments into the table if they are new to it. */
  Dataset<Row> describe(Dataset<Row> rows) {
    Column[] described =
        Arrays.stream(rows.schema().fields())
            .map(
                field -> {
                  String comment = columns.get(field.name());
                  return comment == null
                      ? rows.col("`" + field.name() + "`")
                      : rows.col("`" + field.name() + "`")
                          .as(field.name(), field.withComment(comment).metadata());
                })
            .toArray(Column[]::new);
    return rows.select(described);
  }

  /** The metadata of a table that is there, with this description; empty if it has it already. */
  Optional<Metadata> renew(Metadata current) {
    StructType schema = new StructType();
    for (StructField field : current.schema().fields()) {
      String comment = columns.get(field.name());
      schema = schema.add(comment == null ? field : field.withComment(comment));
    }

    Map<String, String> configuration =
        new HashMap<>(JavaConverters.mapAsJavaMap(current.configuration()));
    configuration.keySet().removeAll(List.of(OWNER, TAGS));
    configuration.putAll(properties());
    Metadata renewed =
        current.copy(
            current.id(),
            current.name(),
            metadata.description(),
            current.format(),
            schema.json(),
            current.partitionColumns(),
            ScalaMaps.of(configuration),
            current.createdTime());
    return renewed.equals(current) ? Optional.empty() : Optional.of(renewed);
  }
}
