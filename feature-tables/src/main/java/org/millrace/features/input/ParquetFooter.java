package org.millrace.features.input;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.hadoop.Footer;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.execution.datasources.parquet.ParquetToSparkSchemaConverter;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * The schema of one Parquet file. Its first and last bytes are looked at before, which are the same
 * in all Parquet files (Parquet's format specification, "File format"), so that the usual mistakes
 * end in one sentence. Driver only; thread-safe.
 */
final class ParquetFooter {
  private static final int MAGIC_BYTES = 4;
  private static final String MAGIC = "PAR1";
  private static final String MAGIC_OF_ENCRYPTED = "PARE";

  private final Configuration hadoop;
  private final ParquetToSparkSchemaConverter converter;
  private final String what;

  /**
   * Prepares to read files.
   *
   * @param conf of the session that will read the rows
   * @param what names the input in an error
   */
  ParquetFooter(Configuration hadoop, SQLConf conf, String what) {
    this.hadoop = hadoop;
    this.converter = new ParquetToSparkSchemaConverter(conf);
    this.what = what;
  }

  /**
   * Reads the footer.
   *
   * @throws MillraceException DATA_CONTRACT if it is no whole Parquet file; INPUT_MISSING if it is
   *     gone; EXTERNAL if its storage does not answer
   */
  FileSchema read(Path file) {
    try {
      requireEnds(file);
      HadoopInputFile opened = HadoopInputFile.fromPath(file, hadoop);
      try (ParquetFileReader reader = ParquetFileReader.open(opened)) {
        return schema(file, reader.getFooter());
      }
    } catch (IOException e) {
      throw Causes.reading(FoundFiles.shown(what, file), e);
    } catch (Exception e) { // of any kind: what Scala throws is not declared
      throw Causes.oursOr(
          e,
          () ->
              wrong(
                  "its file %s cannot be read: %s; replace it or move it away"
                      .formatted(FoundFiles.shown(file), Causes.words(e)),
                  e));
    }
  }

  private FileSchema schema(Path file, ParquetMetadata footer) {
    StructType schema = ParquetFileFormat.readSchemaFromFooter(new Footer(file, footer), converter);
    MessageType message = footer.getFileMetaData().getSchema();
    requireNoNested(file, message);
    return new FileSchema(
        schema, nanoseconds(message), calendar(footer.getFileMetaData().getKeyValueMetaData()));
  }

  /**
   * Sparks before 2.4.6 wrote times in the hybrid calendar and their version not at all; later ones
   * mark their files, which Spark sees by itself (SPARK-31404, SPARK-25102).
   */
  private static Map<String, String> calendar(Map<String, String> written) {
    boolean isOfOldSpark =
        written.containsKey("org.apache.spark.sql.parquet.row.metadata")
            && !written.containsKey("org.apache.spark.version");
    return isOfOldSpark
        ? Map.of("datetimeRebaseMode", "LEGACY", "int96RebaseMode", "LEGACY")
        : Map.of();
  }

  private static Set<String> nanoseconds(MessageType message) {
    Set<String> names = new LinkedHashSet<>();
    for (Type field : message.getFields()) {
      if (isNanoseconds(field)) {
        names.add(field.getName());
      }
    }

    return names;
  }

  private static boolean isNanoseconds(Type field) {
    return field.isPrimitive()
        && field.getLogicalTypeAnnotation() instanceof TimestampLogicalTypeAnnotation time
        && time.getUnit() == LogicalTypeAnnotation.TimeUnit.NANOS;
  }

  /** Inside lists and structs they would be whole numbers without a word. */
  private void requireNoNested(Path file, MessageType message) {
    for (ColumnDescriptor column : message.getColumns()) {
      if (column.getPath().length > 1 && isNanoseconds(column.getPrimitiveType())) {
        throw wrong(
            "column '%s' of %s holds times in nanoseconds inside a list or struct; have its producer write microseconds"
                .formatted(column.getPath()[0], FoundFiles.shown(file)),
            null);
      }
    }
  }

  private void requireEnds(Path file) throws IOException {
    FileSystem system = file.getFileSystem(hadoop);
    long length = system.getFileStatus(file).getLen();
    try (FSDataInputStream in = system.open(file)) {
      String first = text(in, 0, length);
      if (!isMagic(first)) {
        throw wrong(
            FoundFiles.shown(file)
                + (length == 0
                    ? " is empty"
                    : " is no Parquet file, it starts with '" + first + "'")
                + "; inputs are Parquet files unless their names or 'format' specify another format: convert it, or move it away",
            null);
      }

      if (length < 3 * MAGIC_BYTES || !isMagic(text(in, length - MAGIC_BYTES, length))) {
        throw wrong(
            "%s is cut short: its %,d bytes do not end as a Parquet file ends; have its producer write it again"
                .formatted(FoundFiles.shown(file), length),
            null);
      }
    }
  }

  private static boolean isMagic(String bytes) {
    return bytes.equals(MAGIC) || bytes.equals(MAGIC_OF_ENCRYPTED);
  }

  private static String text(FSDataInputStream in, long position, long length) throws IOException {
    byte[] bytes = new byte[(int) Math.max(0, Math.min(MAGIC_BYTES, length - position))];
    in.readFully(position, bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1).replaceAll("\\p{Cntrl}", "?");
  }

  private MillraceException wrong(String why, @Nullable Throwable cause) {
    String message = "Cannot read %s: %s".formatted(what, why);
    return cause == null
        ? new MillraceException(ErrorCategory.DATA_CONTRACT, message)
        : new MillraceException(ErrorCategory.DATA_CONTRACT, message, cause);
  }
}
