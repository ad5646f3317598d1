package org.millrace.features.input;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * An input, opened. Driver only.
 *
 * @param rows lazily; of a Delta table those of one pinned version
 * @param version that version
 * @param places files and directories that the rows are in
 * @param directories values by column of partition directories, as they are written
 * @param texts columns that are texts in the files and were given a type
 */
public record OpenedInput(
    Dataset<Row> rows,
    Optional<Long> version,
    List<Path> places,
    Map<String, SortedSet<String>> directories,
    List<String> texts) {
  /** Copies the collections. */
  public OpenedInput {
    places = List.copyOf(places);
    directories = Map.copyOf(directories);
    texts = List.copyOf(texts);
  }
}
