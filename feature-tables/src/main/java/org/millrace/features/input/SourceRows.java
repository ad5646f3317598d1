package org.millrace.features.input;

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
import org.millrace.contracts.definition.InputDefinition;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.features.lake.DefinitionSql;
import org.millrace.features.lake.Lake;

/**
 * The rows that a source's SQL yields over its inputs.
 *
 * <p>Placement: driver only; rows are lazy.
 */
public final class SourceRows {
  private final Lake lake;
  private final SourceDefinition source;

  /** Prepares to read a source; of the lake, its session and its day zone are used. */
  public SourceRows(Lake lake, SourceDefinition source) {
    this.lake = lake;
    this.source = source;
  }

  /**
   * Reads the schemas of the inputs and analyses the SQL.
   *
   * @param days bounds of {@code :from} and {@code :to}; the rows of other days are not left out
   * @throws MillraceException of category DATA_CONTRACT if a file cannot be read or files cannot be
   *     united; DEFINITION if the SQL or its columns are not as declared
   */
  public Dataset<Row> rows(DayRange days) {
    Dataset<Row> rows = analysed(days);
    requireColumns(rows.schema());
    return rows;
  }

  /** The same, whatever columns there are. */
  public Dataset<Row> analysed(DayRange days) {
    Map<String, Dataset<Row>> inputs = new LinkedHashMap<>();
    source.inputs().forEach((name, input) -> inputs.put(name, input(name, input)));
    return new DefinitionSql(lake)
        .rows("source " + source.table(), source.sql().text(), inputs, days);
  }

  private Dataset<Row> input(String name, InputDefinition input) {
    String what = "input '%s' of %s".formatted(name, source.table());
    if (input.jdbc().isPresent()) {
      return new JdbcInput(lake.spark(), what).rows(input.jdbc().get());
    }

    return new InputReader(lake.spark(), what).open(InputReader.Request.of(input)).rows();
  }

  /** Throws DEFINITION where keys or the day are missing, or the day is no DATE. */
  public void requireColumns(StructType schema) {
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
