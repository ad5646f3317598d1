package org.millrace.features.lake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * The rows of small tables, read without Spark. Stateless.
 *
 * <p>Errors: EXTERNAL if a file cannot be read, DATA_CONTRACT if the table has deletion vectors.
 */
public final class RowFiles {
  private RowFiles() {}

  /**
   * All rows of a version of a table, in no order.
   *
   * @param version -1 for a table that is not there: it has no rows
   */
  public static <T> List<T> at(TableLog log, long version, Function<ParquetRow, T> reader) {
    return version < 0 ? List.of() : read(log, log.paths(version), reader);
  }

  /** The rows of some files of a table, in no order. */
  public static <T> List<T> read(
      TableLog log, Collection<Path> files, Function<ParquetRow, T> reader) {
    return files.parallelStream()
        .flatMap(file -> read(log.configuration(), file, reader).stream())
        .toList();
  }

  private static <T> List<T> read(
      Configuration configuration, Path file, Function<ParquetRow, T> reader) {
    List<T> found = new ArrayList<>();
    try (ParquetReader<Group> rows =
        ParquetReader.builder(new GroupReadSupport(), file).withConf(configuration).build()) {
      for (Group row = rows.read(); row != null; row = rows.read()) {
        found.add(reader.apply(new ParquetRow(row)));
      }
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot read " + file + ": " + Causes.words(e) + "; check whether its storage answers",
          e);
    }

    return found;
  }
}
