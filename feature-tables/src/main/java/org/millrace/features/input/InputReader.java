package org.millrace.features.input;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.InputDefinition;
import org.millrace.contracts.definition.InputDefinition.TextOptions;
import org.millrace.contracts.definition.InputFormat;
import org.millrace.features.lake.TableLog;
import org.millrace.features.spark.ColumnNames;

/**
 * Opens files and Delta tables as rows. The columns are those of all files, by name: a column that
 * only some files have is null in the rows of the others, one whose types differ has a type that
 * holds all values as they are, and files that cannot be united so are refused. Names of partition
 * directories are texts.
 *
 * <p>Placement: driver only; the footer or first line of each file is read, side by side. Rows are
 * lazy. Thread-safe.
 */
public final class InputReader {
  private final SparkSession spark;
  private final Configuration hadoop;
  private final String what;

  /**
   * Prepares to read.
   *
   * @param what names the input in an error, such as {@code input 'loans' of raw.loans}
   */
  public InputReader(SparkSession spark, String what) {
    this.spark = requireNonNull(spark, "spark is null");
    this.hadoop = spark.sessionState().newHadoopConf();
    this.what = requireNonNull(what, "what is null");
  }

  /**
   * What to read.
   *
   * @param location a path, a URI or a pattern
   * @param format empty where the files say it themselves
   * @param columns SQL types by column; of others, the files' own
   * @param text how texts are read
   * @param areTypesFound whether texts of CSV, and times of JSON, get the type that their values
   *     have, which costs a pass over the files; else they stay texts
   */
  public record Request(
      String location,
      Optional<InputFormat> format,
      Map<String, String> columns,
      TextOptions text,
      boolean areTypesFound) {
    /** Copies the map, in its order. */
    public Request {
      columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    }

    /** An input of a definition. */
    public static Request of(InputDefinition input) {
      return new Request(
          input.path().toString(), input.format(), input.columns(), input.text(), false);
    }

    /**
     * An input that was named on the command line.
     *
     * @param columns types of some columns; others are found
     */
    public static Request of(String location, Map<String, String> columns) {
      return new Request(location, Optional.empty(), columns, TextOptions.DEFAULTS, true);
    }

    private Request with(Map<String, String> found) {
      return new Request(location, format, found, text, false);
    }
  }

  /**
   * Opens an input.
   *
   * @throws MillraceException INPUT_MISSING where nothing is there; DATA_CONTRACT where what is
   *     there cannot be read, or has not the columns that were asked for; DEFINITION where a column
   *     cannot be of the type that was asked for
   */
  public OpenedInput open(Request request) {
    return isDelta(request) ? delta(request) : files(request);
  }

  private OpenedInput files(Request request) {
    FoundFiles files = FoundFiles.list(hadoop, request.location());
    InputFormat format = request.format().orElseGet(() -> format(files));
    if (format == InputFormat.PARQUET) {
      requireNoDelta(files);
    }

    requireOptions(format, request.text());
    Map<String, SortedSet<String>> values = values(files, partition(files));
    Set<String> partition = values.keySet();
    Map<Path, FileSchema> schemas =
        new FileSchemas(spark, hadoop, what, request).of(format, files, partition);
    UnitedSchema united = new UnitedSchema(what);
    schemas.forEach(united::add);
    if (!request.areTypesFound() && format != InputFormat.JSON) { // it leaves out what is null
      united.requireNoneRenamed(request.columns().keySet());
    }

    requireApart(united.schema(), partition);
    TypedColumns typed = new TypedColumns(what, format, request, values);
    Dataset<Row> rows = rows(files, schemas, typed, typed.target(united.schema()));
    if (format.isText() && request.areTypesFound()) {
      return found(request, format, rows, partition);
    }

    boolean isNamed =
        files.base().toUri().getPath().equals(new Path(request.location()).toUri().getPath());
    List<Path> places = isNamed ? List.of(files.base()) : files.files();
    return new OpenedInput(rows, Optional.empty(), places, values, List.of());
  }

  /** Files with equal schemas are read together. */
  private Dataset<Row> rows(
      FoundFiles files, Map<Path, FileSchema> schemas, TypedColumns typed, StructType target) {
    Map<FileSchema, List<String>> groups = new LinkedHashMap<>();
    schemas.forEach(
        (file, schema) ->
            groups.computeIfAbsent(schema, s -> new ArrayList<>()).add(file.toString()));
    List<Dataset<Row>> read = new ArrayList<>();
    groups.forEach(
        (schema, paths) -> {
          read.add(typed.select(rows(files, paths, schema, typed), schema, target));
        });
    return read.stream()
        .reduce((some, more) -> some.unionByName(more, true))
        .orElseThrow(() -> new IllegalStateException("There is a file"));
  }

  private Dataset<Row> rows(
      FoundFiles files, List<String> paths, FileSchema schema, TypedColumns typed) {
    StructType all = schema.columns();
    for (String name : typed.partition().keySet()) {
      all = all.add(name, DataTypes.StringType);
    }

    if (schema.hasUnread()) {
      all = all.add(FileSchema.UNREAD, DataTypes.StringType);
    }

    return spark
        .read()
        .format(typed.format().name().toLowerCase(Locale.ROOT))
        .options(schema.options())
        .option("basePath", directory(files))
        .option(FoundFiles.GLOBS, "false")
        .schema(all)
        .load(paths.toArray(String[]::new));
  }

  /** Spark wants a directory there, also of a single file. */
  private static String directory(FoundFiles files) {
    boolean isFile = files.files().equals(List.of(files.base()));
    return (isFile ? files.base().getParent() : files.base()).toString();
  }

  /** Opens it once more, with the types that all values of texts have. */
  private OpenedInput found(
      Request request, InputFormat format, Dataset<Row> rows, Set<String> partition) {
    List<String> untyped = new ArrayList<>();
    for (StructField field : rows.schema().fields()) {
      boolean isText =
          field.dataType().equals(DataTypes.StringType)
              && !request.columns().containsKey(field.name())
              && !partition.contains(field.name());
      if (isText) {
        untyped.add(field.name());
      }
    }

    Map<String, String> types =
        new LinkedHashMap<>(
            TextTypes.find(
                rows.select(untyped.stream().map(ColumnNames::column).toArray(Column[]::new))));
    if (format == InputFormat.JSON) { // a number is written as one there
      types.replaceAll((name, type) -> TextTypes.isTime(type) ? type : "string");
    }

    Map<String, String> all = new LinkedHashMap<>(request.columns());
    all.putAll(types);
    OpenedInput opened = open(request.with(all));
    return new OpenedInput(
        opened.rows(), opened.version(), opened.places(), opened.directories(), untyped);
  }

  /** Rows that were deleted lie in the data files of a Delta table until they are vacuumed. */
  private void requireNoDelta(FoundFiles files) {
    for (Path directory : files.directories()) {
      if (!directory.getName().contains("=") && hasLog(files, directory)) {
        throw new MillraceException(
            ErrorCategory.DEFINITION,
            "Cannot read %s: its files are those of the Delta table %s, which alone knows which of their rows there are; name the table"
                .formatted(what, FoundFiles.shown(directory)));
      }
    }
  }

  private boolean hasLog(FoundFiles files, Path directory) {
    try {
      return directory.getFileSystem(hadoop).exists(new Path(directory, "_delta_log"));
    } catch (IOException e) {
      if (directory.depth() < files.base().depth()) {
        return false; // above the input: it may not be ours to look at
      }

      throw Causes.reading(files.base().toString(), e);
    }
  }

  /** An option without an effect would be believed to have one. */
  private void requireOptions(InputFormat format, TextOptions text) {
    TextOptions usual = TextOptions.DEFAULTS;
    boolean isOfLines =
        text.separator().isPresent()
            || text.hasHeader() != usual.hasHeader()
            || !text.encoding().equals(usual.encoding());
    if ((isOfLines && format != InputFormat.CSV) || (!format.isText() && !text.equals(usual))) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot read %s: its files are %s; separator, header and encoding are of CSV alone, nulls and zone of CSV and JSON: leave them out"
              .formatted(what, format));
    }
  }

  private InputFormat format(FoundFiles files) {
    Map<InputFormat, Path> formats = new TreeMap<>();
    for (Path file : files.files()) {
      formats.putIfAbsent(InputFormat.ofName(file.getName()).orElse(InputFormat.PARQUET), file);
    }

    if (formats.size() > 1) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot read %s: its files are of several formats, such as %s; name those of one format with a pattern such as *.csv, or name their format"
              .formatted(
                  what,
                  String.join(" and ", formats.values().stream().map(FoundFiles::shown).toList())));
    }

    return formats.keySet().iterator().next();
  }

  private SortedSet<String> partition(FoundFiles files) {
    Path first = files.files().get(0);
    Set<String> names = files.partition(first).keySet();
    for (Path file : files.files()) {
      if (!files.partition(file).keySet().equals(names)) {
        throw new MillraceException(
            ErrorCategory.DATA_CONTRACT,
            "Cannot read %s: its directories name other columns for %s (%s) than for %s (%s); bring them into one form"
                .formatted(
                    what,
                    FoundFiles.shown(first),
                    names,
                    FoundFiles.shown(file),
                    files.partition(file).keySet()));
      }
    }

    return new TreeSet<>(names);
  }

  private void requireApart(StructType columns, Set<String> partition) {
    for (String name : columns.fieldNames()) {
      if (partition.stream().anyMatch(name::equalsIgnoreCase)) {
        throw new MillraceException(
            ErrorCategory.DATA_CONTRACT,
            "Cannot read %s: column '%s' is in its files and in the names of their directories; give one of them another name"
                .formatted(what, name));
      }
    }
  }

  private static Map<String, SortedSet<String>> values(FoundFiles files, Set<String> partition) {
    Map<String, SortedSet<String>> values = new LinkedHashMap<>();
    partition.forEach(name -> values.put(name, new TreeSet<>()));
    files
        .files()
        .forEach(
            file ->
                files
                    .partition(file)
                    .forEach(
                        (name, value) -> values.getOrDefault(name, new TreeSet<>()).add(value)));
    return values;
  }

  private boolean isDelta(Request request) {
    if (request.format().isPresent()) {
      return request.format().get() == InputFormat.DELTA;
    }

    try {
      Path path = new Path(request.location());
      return path.getFileSystem(hadoop).exists(new Path(path, "_delta_log"));
    } catch (IOException e) {
      throw Causes.reading(request.location(), e);
    }
  }

  private OpenedInput delta(Request request) {
    long version =
        TableLog.of(spark, request.location())
            .newest()
            .orElseThrow(
                () ->
                    new MillraceException(
                        ErrorCategory.INPUT_MISSING,
                        "Cannot read %s: there is no Delta table at %s"
                            .formatted(what, request.location())));
    Dataset<Row> rows =
        spark.read().format("delta").option("versionAsOf", version).load(request.location());
    TypedColumns typed = new TypedColumns(what, InputFormat.DELTA, request, Map.of());
    Dataset<Row> asked =
        request.columns().isEmpty()
            ? rows
            : typed.select(rows, FileSchema.of(rows.schema()), typed.target(rows.schema()));
    return new OpenedInput(
        asked, Optional.of(version), List.of(new Path(request.location())), Map.of(), List.of());
  }
}
