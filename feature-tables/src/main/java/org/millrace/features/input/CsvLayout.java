package org.millrace.features.input;

import com.univocity.parsers.csv.CsvParser;
import com.univocity.parsers.csv.CsvParserSettings;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.InputDefinition.TextOptions;

/**
 * What the first line of a CSV file says. Files of one directory may name their columns in another
 * order, so the line of each is read.
 *
 * <p>Placement: driver only.
 *
 * @param separator between values
 * @param columns in the file's order
 */
record CsvLayout(String separator, List<String> columns) {
  /** Stands for nothing between two separators, which an empty text in quotes is not. */
  private static final String NOTHING = "\u0001nothing\u0001";

  private static final List<String> SEPARATORS = List.of(",", ";", "\t", "|");
  private static final int MOST_COLUMNS = 20_480; // Spark's

  /** Copies the list. */
  CsvLayout {
    columns = List.copyOf(columns);
  }

  /**
   * Reads the first line.
   *
   * @param what names the input in an error
   * @param names the columns where files have no header
   * @throws MillraceException DATA_CONTRACT if there is none, or if it names a column twice
   */
  static CsvLayout of(
      Configuration hadoop, String what, Path file, TextOptions options, List<String> names) {
    List<String> separators = separators(file, options);
    CsvLayout layout = of(hadoop, what, file, options, separators.get(0));
    for (String separator : separators) {
      CsvLayout other = of(hadoop, what, file, options, separator);
      boolean isBetter =
          options.hasHeader()
              ? other.columns.size() > layout.columns.size()
              : other.columns.size() == names.size() && layout.columns.size() != names.size();
      layout = isBetter ? other : layout;
    }

    List<String> columns = options.hasHeader() ? header(what, file, layout.columns) : names;
    return new CsvLayout(layout.separator, columns);
  }

  /** Those to try: the one by which a line has most columns is taken, of equal ones the first. */
  private static List<String> separators(Path file, TextOptions options) {
    if (options.separator().isPresent()) {
      return List.of(options.separator().get());
    }

    boolean isOfTabs = file.getName().toLowerCase(Locale.ROOT).contains(".tsv");
    List<String> tried = new ArrayList<>(SEPARATORS);
    tried.add(0, isOfTabs ? "\t" : ",");
    return tried;
  }

  private static CsvLayout of(
      Configuration hadoop, String what, Path file, TextOptions options, String separator) {
    return firstLine(hadoop, what, file, options, separator)
        .map(line -> new CsvLayout(separator, line))
        .orElseThrow(
            () ->
                wrong(
                    what,
                    FoundFiles.shown(file)
                        + " is empty: not even its columns are named; have its producer write it again, or move it away"));
  }

  private static Optional<List<String>> firstLine(
      Configuration hadoop, String what, Path file, TextOptions options, String separator) {
    CsvParser parser = parser(separator, false);
    try (InputStream in = open(hadoop, file)) {
      parser.beginParsing(in, options.encoding());
      @Nullable String @Nullable [] line = parser.parseNext();
      parser.stopParsing();
      return Optional.ofNullable(line).map(CsvLayout::texts);
    } catch (IOException e) {
      throw Causes.reading(FoundFiles.shown(what, file), e);
    } catch (RuntimeException e) { // of the parser, or of a codec that this machine lacks
      throw Causes.oursOr(e, () -> unread(what, file, e));
    }
  }

  /**
   * A parser that reads as Spark's does.
   *
   * @param keepsQuotes whether values come with the quotes around them
   */
  static CsvParser parser(String separator, boolean keepsQuotes) {
    CsvParserSettings settings = new CsvParserSettings();
    settings.getFormat().setDelimiter(separator);
    settings.getFormat().setQuoteEscape('"');
    settings.getFormat().setComment('\0'); // as Spark: none
    settings.setMaxColumns(MOST_COLUMNS);
    settings.setMaxCharsPerColumn(-1);
    settings.setLineSeparatorDetectionEnabled(true);
    settings.setIgnoreLeadingWhitespaces(false);
    settings.setIgnoreTrailingWhitespaces(false);
    settings.setKeepQuotes(keepsQuotes);
    return new CsvParser(settings);
  }

  private static MillraceException unread(String what, Path file, RuntimeException failure) {
    return Causes.find(failure, IOException.class)
        .map(below -> Causes.reading(FoundFiles.shown(what, file), below))
        .orElseGet(
            () ->
                new MillraceException(
                    ErrorCategory.DATA_CONTRACT,
                    "Cannot read %s: the first line of %s cannot be read: %s; have its producer write it again, as UTF-8 or .gz"
                        .formatted(what, FoundFiles.shown(file), Causes.words(failure)),
                    failure));
  }

  private static List<String> texts(@Nullable String[] line) {
    List<String> texts = new ArrayList<>();
    for (String value : line) {
      texts.add(value == null ? "" : value.strip());
    }

    return texts;
  }

  static InputStream open(Configuration hadoop, Path file) throws IOException {
    InputStream in = file.getFileSystem(hadoop).open(file);
    CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(file);
    return codec == null ? in : codec.createInputStream(in);
  }

  /** A column without a name, such as the numbers of rows that some tools write, gets one. */
  private static List<String> header(String what, Path file, List<String> line) {
    List<String> names = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String name : line) {
      String named = name.isEmpty() ? "_c" + names.size() : name;
      if (!seen.add(named.toLowerCase(Locale.ROOT))) {
        throw wrong(
            what,
            FoundFiles.shown(file)
                + " names column '"
                + named
                + "' twice; have its producer write it again with names that differ in more than case");
      }

      names.add(named);
    }

    return names;
  }

  /** All columns, as texts. */
  StructType schema() {
    StructType schema = new StructType();
    for (String column : columns) {
      schema = schema.add(column, DataTypes.StringType);
    }

    return schema;
  }

  /** Spark's options of reading such files. */
  static Map<String, String> options(String separator, TextOptions text) {
    Map<String, String> options = new TreeMap<>();
    options.put("sep", separator);
    options.put("header", Boolean.toString(text.hasHeader()));
    options.put("enforceSchema", "true"); // the header of each file was read before
    options.put("encoding", text.encoding());
    options.put("quote", "\"");
    options.put("escape", "\"");
    options.put("nullValue", NOTHING);
    options.put("emptyValue", "");
    // else a quote that nothing closes swallows the lines after it
    options.put("unescapedQuoteHandling", "RAISE_ERROR");
    options.put("multiLine", "true");
    options.putAll(FileSchema.HANDING_ON);
    options.put("columnPruning", "false"); // else lines that are cut short are not seen
    options.put("maxCharsPerColumn", "-1");
    return options;
  }

  private static MillraceException wrong(String what, String why) {
    return new MillraceException(
        ErrorCategory.DATA_CONTRACT, "Cannot read %s: %s".formatted(what, why));
  }
}
