package org.millrace.features.input;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.InputFormat;

/** Finds how each file of an input is to be read. Driver only. */
final class FileSchemas {
  private static final int MOST_DIGITS = DecimalType.MAX_PRECISION();

  /** A BIGINT has 19 digits before them. */
  private static final int FRACTION_DIGITS = 18;

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
    ClosedQuotes.require(hadoop, what, file, layout.separator(), request.text());
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
      throw Causes.oursOr(
          e,
          () ->
              new MillraceException(
                  ErrorCategory.DATA_CONTRACT,
                  "Cannot read %s: %s is no %s file, or it is broken; replace it, move it away, or name its format"
                      .formatted(what, FoundFiles.shown(file), format),
                  e));
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
    for (Path file : lines) {
      if (firstCharacter(file) < 0) {
        throw new MillraceException(
            ErrorCategory.DATA_CONTRACT,
            "Cannot read %s: %s is empty; have its producer write it again, or move it away"
                .formatted(what, FoundFiles.shown(file)));
      }
    }

    Map<Path, FileSchema> schemas = new LinkedHashMap<>();
    if (!arrays.isEmpty()) {
      FileSchema ofArrays = json(List.copyOf(arrays), true);
      arrays.forEach(file -> schemas.put(file, ofArrays));
    }

    if (!lines.isEmpty()) {
      FileSchema ofLines = json(lines, false);
      lines.forEach(file -> schemas.put(file, ofLines));
    }

    Map<Path, FileSchema> inOrder = new LinkedHashMap<>();
    for (Path file : files.files()) {
      inOrder.put(file, requireNonNull(schemas.get(file)));
    }

    return inOrder;
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

    boolean isUnread = List.of(found.fieldNames()).contains(FileSchema.UNREAD);
    if (schema.isEmpty() && (isUnread || !isArray)) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot read %s: %s has no record; JSON is one object a line, or one array of objects a file: have its producer write one of these"
              .formatted(what, FoundFiles.shown(files.get(0))));
    }

    return new FileSchema(schema, Set.of(), options);
  }

  /**
   * A number that another type is asked of is read with all its digits, for our own rules to make a
   * value of it: Spark's own round, and make -56 of 200.
   */
  private DataType typeToRead(StructField field) {
    String text = request.columns().get(field.name());
    if (text == null || !(field.dataType() instanceof NumericType)) {
      return field.dataType();
    }

    DataType asked = DataType.fromDDL(text);
    if (asked instanceof DecimalType decimal) {
      int digits = decimal.precision() - decimal.scale();
      return DataTypes.createDecimalType(MOST_DIGITS, MOST_DIGITS - digits);
    }

    if (TextColumn.isWhole(asked)) {
      return DataTypes.createDecimalType(MOST_DIGITS, FRACTION_DIGITS);
    }

    boolean isCopied =
        field.dataType().equals(DataTypes.LongType)
            && (asked.equals(DataTypes.StringType) || asked.equals(DataTypes.BooleanType));
    return isCopied ? DataTypes.StringType : field.dataType();
  }

  private int firstCharacter(Path file) {
    try (InputStream in = CsvLayout.open(hadoop, file)) {
      int read = in.read();
      while (read >= 0 && (Character.isWhitespace(read) || read > 0x7f)) { // a mark of UTF-8 too
        read = in.read();
      }

      return read;
    } catch (IOException e) {
      throw Causes.reading(FoundFiles.shown(what, file), e);
    }
  }
}
