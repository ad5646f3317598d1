package org.millrace.jobs.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;

/** Rows of Parquet files as text, read without Spark. */
final class ParquetRows {
  private ParquetRows() {}

  /** The rows: column to text; a column that is null is absent. */
  static List<Map<String, String>> read(Path file) {
    List<Map<String, String>> rows = new ArrayList<>();
    try (ParquetReader<Group> reader =
        ParquetReader.builder(new GroupReadSupport(), new org.apache.hadoop.fs.Path(file.toUri()))
            .build()) {
      for (Group group = reader.read(); group != null; group = reader.read()) {
        rows.add(row(group));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return rows;
  }

  private static Map<String, String> row(Group group) {
    Map<String, String> row = new TreeMap<>();
    for (int field = 0; field < group.getType().getFieldCount(); field++) {
      int of = field;
      int count = group.getFieldRepetitionCount(field);
      if (count > 0) {
        row.put(
            group.getType().getFieldName(field),
            IntStream.range(0, count).mapToObj(i -> text(group, of, i)).collect(joined()));
      }
    }

    return row;
  }

  private static java.util.stream.Collector<CharSequence, ?, String> joined() {
    return Collectors.joining(",");
  }

  private static String text(Group group, int field, int index) {
    return group.getType().getType(field).isPrimitive()
        ? group.getValueToString(field, index)
        : row(group.getGroup(field, index)).toString();
  }
}
