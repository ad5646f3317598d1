package org.millrace.jobs.definition;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.features.input.SourceRows;
import org.millrace.features.lake.DefinitionSql;
import org.millrace.features.lake.Lake;
import org.millrace.features.nights.NightlySql;
import org.millrace.features.spark.ColumnNames;

/**
 * The rows of sources as their files are now: what a run would ingest, without a table. Driver
 * only; rows are lazy. Thread-safe.
 */
public final class SourceTables {
  private final Lake lake;
  private final Definitions definitions;

  /** Of the lake, its session and its day zone are used. */
  public SourceTables(Lake lake, Definitions definitions) {
    this.lake = requireNonNull(lake, "lake is null");
    this.definitions = requireNonNull(definitions, "definitions is null");
  }

  /**
   * The rows of some days of a source; all rows of a source without days.
   *
   * @throws org.millrace.contracts.MillraceException as {@link SourceRows#rows} does
   */
  public Dataset<Row> rows(String table, DayRange days) {
    SourceDefinition source = Definitions.named(definitions.sources(), "source", table);
    Dataset<Row> all = new SourceRows(lake, source).rows(days);
    return source.day().map(day -> all.where(Lake.inDays(day, days))).orElse(all);
  }

  /**
   * The same, and the rows that have no day; without any days only those.
   *
   * @throws org.millrace.contracts.MillraceException as {@link SourceRows#rows} does
   */
  public Dataset<Row> undatedToo(String table, Optional<DayRange> days) {
    SourceDefinition source = Definitions.named(definitions.sources(), "source", table);
    Dataset<Row> all = new SourceRows(lake, source).rows(days.orElse(DayRange.of(LocalDate.EPOCH)));
    return source
        .day()
        .map(
            day -> {
              Column undated = ColumnNames.column(day).isNull();
              return all.where(
                  days.map(range -> functions.expr(Lake.inDays(day, range)).or(undated))
                      .orElse(undated));
            })
        .orElse(all);
  }

  /** All rows of some sources, by the names that SQL knows them by. */
  public Map<String, NightlySql.Input> inputs(Collection<String> tables, DayRange days) {
    Map<String, NightlySql.Input> inputs = new LinkedHashMap<>();
    for (String table : tables) {
      SourceDefinition source = Definitions.named(definitions.sources(), "source", table);
      inputs.put(
          DefinitionSql.shortName(table),
          new NightlySql.Input(new SourceRows(lake, source).rows(days), source.day()));
    }

    return inputs;
  }
}
