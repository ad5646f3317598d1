package org.millrace.features.input;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.InputFormat;

/** Finds how each file of an input is to be read. Driver only. */
final class FileSchemas {
  private final SparkSession spark;
  private final Configuration hadoop;
  private final String what;
  private final InputReader.Request request;

  FileSchemas(SparkSession spark, Configuration hadoop, String what, InputReader.Request request) {
    this.spark = spark;
    this.hadoop = hadoop;
    this.what = what;
    this.request = request;
  }

  /**
   * The schemas by file, in the files' order. Columns that the names of directories give too are
   * left out: the directories' values count.
   *
   * @throws MillraceException DATA_CONTRACT where a file is not of the format
   */
  Map<Path, FileSchema> of(InputFormat format, FoundFiles files, Set<String> partition) {
    return switch (format) {
      case PARQUET -> {
        ParquetFooter footers = new ParquetFooter(hadoop, spark.sessionState().conf(), what);
        yield sideBySide(files, file -> without(partition, footers.read(file)));
      }
      case CSV -> sideBySide(files, file -> csv(file, partition));
      case JSON -> json(files);
      case ORC, AVRO -> {
        Map<Path, FileSchema> schemas = new LinkedHashMap<>();
        files.files().forEach(file -> schemas.put(file, without(partition, own(format, file))));
        yield schemas;
      }
      case DELTA -> throw new IllegalArgumentException("Cannot read files of a Delta table alone");
    };
  }

  private static Map<Path, FileSchema> sideBySide(
      FoundFiles files, Function<Path, FileSchema> read) {
    List<FileSchema> schemas = files.files().parallelStream().map(read).toList();
    Map<Path, FileSchema> byFile = new LinkedHashMap<>();
    for (int i = 0; i < schemas.size(); i++) {
      byFile.put(files.files().get(i), schemas.get(i));
    }

    return byFile;
  }

  private static FileSchema without(Set<String> partition, FileSchema schema) {
    Set<String> names =
        partition.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
    StructField[] kept =
        Arrays.stream(schema.columns().fields())
            .filter(field -> !names.contains(field.name().toLowerCase(Locale.ROOT)))
            .toArray(StructField[]::new);
    return new FileSchema(new StructType(kept), schema.nanoseconds(), schema.options());
  }

  private FileSchema csv(Path file, Set<String> partition) {
    List<String> names = new ArrayList<>(request.columns().keySet());
    names.removeAll(partition);
    CsvLayout layout = CsvLayout.of(hadoop, what, file, request.text(), names);
    return new FileSchema(
        layout.schema(), Set.of(), CsvLayout.options(layout.separator(), request.text()));
  }

  private FileSchema own(InputFormat format, Path file) {
    try {
      String name = format.name().toLowerCase(Locale.ROOT);
      return FileSchema.of(
          spark
              .read()
              .format(name)
              .option(FoundFiles.GLOBS, "false")
              .load(file.toString())
              .schema());
    } catch (Exception e) { // of any kind: what Scala throws is not declared
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot read %s: %s is no %s file, or it is broken; replace it, move it away, or say its format"
              .formatted(what, FoundFiles.shown(file), format),
          e);
    }
  }

  /** A file is one array, or has an object in each line; the columns of all of a kind are found. */
  private Map<Path, FileSchema> json(FoundFiles files) {
    Set<Path> arrays = new TreeSet<>();
    for (Path file : files.files()) {
      if (firstCharacter(file) == '[') {
        arrays.add(file);
      }
    }

    List<Path> lines = new ArrayList<>(files.files());
    lines.removeAll(arrays);
    Optional<FileSchema> ofArrays =
        arrays.isEmpty() ? Optional.empty() : Optional.of(json(List.copyOf(arrays), true));
    Optional<FileSchema> ofLines =
        lines.isEmpty() ? Optional.empty() : Optional.of(json(lines, false));
    Map<Path, FileSchema> schemas = new LinkedHashMap<>();
    for (Path file : files.files()) {
      (arrays.contains(file) ? ofArrays : ofLines).ifPresent(schema -> schemas.put(file, schema));
    }

    return schemas;
  }

  private FileSchema json(List<Path> files, boolean isArray) {
    Map<String, String> options = new HashMap<>(FileSchema.HANDING_ON);
    options.put("multiLine", Boolean.toString(isArray));
    String[] paths = files.stream().map(Path::toString).toArray(String[]::new);
    StructType found =
        spark.read().options(options).option(FoundFiles.GLOBS, "false").json(paths).schema();
    StructType schema = new StructType();
    for (StructField field : found.fields()) {
      if (!field.name().equals(FileSchema.UNREAD)) {
        schema = schema.add(field.name(), typeToRead(field));
      }
    }

    boolean isUnread = found.fieldNames().length > 0 || isAnyFilled(files);
    if (schema.isEmpty() && isUnread) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot read %s: %s has no record; JSON is one object a line, or one array of objects a file: have its producer write it so"
              .formatted(what, FoundFiles.shown(files.get(0))));
    }

    return new FileSchema(schema, Set.of(), options);
  }

  /**
   * A number is read as what is asked for, digit by digit; what is a text in the files is made a
   * value by our own rules.
   */
  private DataType typeToRead(StructField field) {
    String asked = request.columns().get(field.name());
    boolean isNumber = field.dataType() instanceof NumericType;
    return asked != null && isNumber && DataType.fromDDL(asked) instanceof NumericType
        ? DataType.fromDDL(asked)
        : field.dataType();
  }

  private boolean isAnyFilled(List<Path> files) {
    return files.stream().anyMatch(file -> firstCharacter(file) >= 0);
  }

  private int firstCharacter(Path file) {
    try (InputStream in = CsvLayout.open(hadoop, file)) {
      int read = in.read();
      while (read >= 0 && (Character.isWhitespace(read) || read > 0x7f)) { // a mark of UTF-8 too
        read = in.read();
      }

      return read;
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot read %s: %s".formatted(what, e), e);
    }
  }
}
