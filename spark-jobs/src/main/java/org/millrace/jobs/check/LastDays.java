package org.millrace.jobs.check;

import static org.apache.spark.sql.functions.max;

import java.time.LocalDate;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.features.lake.Lake;
import org.millrace.features.spark.ColumnNames;
import org.millrace.jobs.definition.SourceTables;

/** The newest days of sources, as their files are now. Driver only; one Spark job a source. */
final class LastDays {
  private static final DayRange ANY =
      new DayRange(LocalDate.of(1900, 1, 1), LocalDate.of(2200, 1, 1));

  private final Definitions definitions;
  private final SourceTables sources;
  private final int count;
  private final Map<String, Optional<LocalDate>> newest = new HashMap<>();

  /**
   * Nothing is looked at yet.
   *
   * @param count of days, at least 1
   */
  LastDays(Lake lake, Definitions definitions, int count) {
    this.definitions = definitions;
    this.sources = new SourceTables(lake, definitions);
    this.count = count;
  }

  /** So many days, of which the last one is the newest that one of the tables has. */
  Optional<DayRange> of(Collection<String> tables) {
    return tables.stream()
        .flatMap(table -> newest(table).stream())
        .max(Comparator.naturalOrder())
        .map(last -> new DayRange(last.minusDays(count - 1L), last));
  }

  /** The newest day that a table has; empty if it has no days or no rows. */
  private Optional<LocalDate> newest(String table) {
    return newest.computeIfAbsent(table, this::read);
  }

  private Optional<LocalDate> read(String table) {
    SourceDefinition source = Definitions.named(definitions.sources(), "source", table);
    if (source.day().isEmpty()) {
      return Optional.empty();
    }

    Column day = max(ColumnNames.column(source.day().get())).cast(DataTypes.DateType);
    Row found = sources.rows(table, ANY).agg(day).head();
    return found.isNullAt(0) ? Optional.empty() : Optional.of(found.getLocalDate(0));
  }
}
