package org.millrace.jobs.ingest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.features.lake.DefinitionSql;
import org.millrace.jobs.room.JobContext;

/**
 * The rows that a source's SQL yields. An input has the columns of all its files: one that only
 * some files have is null in the rows of the others.
 *
 * <p>Placement: driver only; rows are lazy.
 */
final class SourceRows {
  private final JobContext context;
  private final SourceDefinition source;

  SourceRows(JobContext context, SourceDefinition source) {
    this.context = context;
    this.source = source;
  }

  /**
   * Reads the schemas of the inputs and analyses the SQL.
   *
   * @param days bounds of {@code :from} and {@code :to}; the rows of other days are not left out
   * @throws MillraceException of category DATA_CONTRACT if a file is no Parquet file or files
   *     disagree in the type of a column; DEFINITION if the SQL or its columns are not as declared
   */
  Dataset<Row> rows(DayRange days) {
    Map<String, Dataset<Row>> inputs = new LinkedHashMap<>();
    source.inputs().forEach((name, path) -> inputs.put(name, input(name, path)));
    Dataset<Row> rows =
        new DefinitionSql(context.lake())
            .rows("source " + source.table(), source.sql().text(), inputs, days);
    requireColumns(rows.schema());
    return rows;
  }

  private Dataset<Row> input(String name, Path path) {
    ParquetInput.require("input '%s' of %s".formatted(name, source.table()), path);
    try {
      return context.spark().read().option("mergeSchema", "true").parquet(path.toString());
    } catch (Exception e) { // Scala throws SparkException, a checked one, without saying so
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot read input '%s' of %s: %s; replace the file or move it out of %s"
              .formatted(name, source.table(), reason(e), path),
          e);
    }
  }

  /** Spark's first sentence, and the reason that it gives further down if that is another one. */
  private static String reason(Exception failure) {
    List<String> reasons = new ArrayList<>();
    Throwable cause = failure;
    while (cause != null && reasons.size() < 3) {
      String line = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
      if (reasons.stream().noneMatch(said -> said.contains(line) || line.contains(said))) {
        reasons.add(line);
      }

      cause = cause.getCause();
    }

    return String.join(": ", reasons);
  }

  private void requireColumns(StructType schema) {
    List<String> needed = new ArrayList<>(source.rules().keys());
    source.day().ifPresent(needed::add);
    List<String> present = Arrays.asList(schema.fieldNames());
    needed.removeAll(present);
    if (!needed.isEmpty()) {
      throw wrong("columns " + needed + " are missing, there are " + String.join(", ", present));
    }

    if (source.day().isPresent()
        && !schema.apply(source.day().get()).dataType().equals(DataTypes.DateType)) {
      String type = schema.apply(source.day().get()).dataType().sql();
      throw wrong("its day " + source.day().get() + " is a " + type + ", not a DATE");
    }
  }

  private MillraceException wrong(String what) {
    return new MillraceException(
        ErrorCategory.DEFINITION,
        "Cannot fill " + source.table() + ": " + what + "; correct 'sql', 'day' or 'keys'");
  }
}
