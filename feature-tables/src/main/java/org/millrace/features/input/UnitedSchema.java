package org.millrace.features.input;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * The columns of all files of an input: by name, in the order in which they first stand, each of a
 * type that holds the values of all files as they are. Names that differ in case alone name one
 * column, as they do in SQL. Not thread-safe.
 */
final class UnitedSchema {
  private final String what;
  private final Map<String, Column> columns = new LinkedHashMap<>();
  private final Map<Path, Set<String>> ofFiles = new LinkedHashMap<>();

  private record Column(String name, DataType type, Path file) {}

  /**
   * Nothing yet.
   *
   * @param what names the input in an error
   */
  UnitedSchema(String what) {
    this.what = what;
  }

  /**
   * Takes in the columns of a file.
   *
   * @throws MillraceException DATA_CONTRACT if a column's type cannot be united with what other
   *     files have; it names both files
   */
  void add(Path file, FileSchema schema) {
    requireDistinct(file, schema.columns());
    ofFiles.put(file, lowerCase(List.of(schema.columns().fieldNames())));
    for (StructField field : schema.columns().fields()) {
      DataType type =
          schema.nanoseconds().contains(field.name()) ? DataTypes.TimestampType : field.dataType();
      columns.merge(
          field.name().toLowerCase(Locale.ROOT),
          new Column(field.name(), type, file),
          (before, now) -> new Column(before.name, united(before, now), before.file));
    }
  }

  /**
   * Fails if a file lacks a column that the definition names, and has one in its place that neither
   * the definition nor another file has: it was renamed, and its values would be null. A file that
   * only lacks a column is of a time before there was one.
   *
   * @param asked columns that the definition names
   * @throws MillraceException DATA_CONTRACT that names the file and both columns
   */
  void requireNoneRenamed(Collection<String> asked) {
    Set<String> named = lowerCase(asked);
    for (String column : named) {
      List<Set<String>> having =
          ofFiles.values().stream().filter(names -> names.contains(column)).toList();
      if (having.isEmpty() || having.size() == ofFiles.size()) {
        continue;
      }

      Set<String> known = new HashSet<>(named);
      having.forEach(known::addAll);
      ofFiles.forEach((file, names) -> requireNoOther(file, names, column, known));
    }
  }

  private void requireNoOther(Path file, Set<String> names, String column, Set<String> known) {
    Optional<String> other =
        names.stream().filter(name -> !known.contains(name)).sorted().findFirst();
    if (!names.contains(column) && other.isPresent()) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot read %s: %s has no column '%s' and has a column '%s', which the other files do not have; correct its names, or name '%s' in 'columns' if it is another column"
              .formatted(
                  what,
                  FoundFiles.shown(file),
                  spelled(column),
                  spelled(other.get()),
                  spelled(other.get())));
    }
  }

  private String spelled(String column) {
    return requireNonNull(columns.get(column), "no such column").name;
  }

  private static Set<String> lowerCase(Collection<String> names) {
    Set<String> lower = new LinkedHashSet<>();
    names.forEach(name -> lower.add(name.toLowerCase(Locale.ROOT)));
    return lower;
  }

  private void requireDistinct(Path file, StructType columns) {
    Set<String> seen = new HashSet<>();
    for (String name : columns.fieldNames()) {
      if (!seen.add(name.toLowerCase(Locale.ROOT))) {
        throw new MillraceException(
            ErrorCategory.DATA_CONTRACT,
            "Cannot read %s: %s has columns whose names differ in case alone, such as '%s'; SQL takes them for one: have its producer rename one"
                .formatted(what, FoundFiles.shown(file), name));
      }
    }
  }

  private DataType united(Column before, Column now) {
    return united(before.type, now.type)
        .orElseThrow(
            () ->
                new MillraceException(
                    ErrorCategory.DATA_CONTRACT,
                    "Cannot read %s: column '%s' is %s in %s and %s in %s, and no type holds both without loss; have its producer write them again with one type, or move one away"
                        .formatted(
                            what,
                            before.name,
                            before.type.sql(),
                            FoundFiles.shown(before.file),
                            now.type.sql(),
                            FoundFiles.shown(now.file))));
  }

  /** Structs may gain fields; all else as {@link WiderType} says. */
  private static Optional<DataType> united(DataType before, DataType now) {
    if (before instanceof StructType one && now instanceof StructType other) {
      List<StructField> fields = new ArrayList<>(List.of(one.fields()));
      for (StructField field : other.fields()) {
        boolean isKnown = List.of(one.fieldNames()).contains(field.name());
        if (isKnown && !one.apply(field.name()).dataType().equals(field.dataType())) {
          return Optional.empty();
        }

        if (!isKnown) {
          fields.add(field);
        }
      }

      return Optional.of(DataTypes.createStructType(fields));
    }

    return WiderType.of(before, now);
  }

  /** The columns so far. */
  StructType schema() {
    StructType schema = new StructType();
    for (Column column : columns.values()) {
      schema = schema.add(column.name, column.type);
    }

    return schema;
  }
}
