package org.millrace.jobs.definition;

import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;

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

/**
 * The first and the newest day of sources, as their files are now. Driver only; one Spark job a
 * source, which reads its days.
 */
public final class SourceSpans {
  private static final DayRange ANY =
      new DayRange(LocalDate.of(1900, 1, 1), LocalDate.of(2200, 1, 1));

  private final Definitions definitions;
  private final SourceTables sources;
  private final Map<String, Optional<DayRange>> spans = new HashMap<>();

  /** Nothing is read yet. */
  public SourceSpans(Lake lake, Definitions definitions) {
    this.definitions = definitions;
    this.sources = new SourceTables(lake, definitions);
  }

  /** So many days, of which the last one is the newest that one of the tables has. */
  public Optional<DayRange> newest(Collection<String> tables, int count) {
    return tables.stream()
        .flatMap(table -> of(table).stream())
        .map(DayRange::to)
        .max(Comparator.naturalOrder())
        .map(last -> new DayRange(last.minusDays(count - 1L), last));
  }

  /** From the first day that a table has to its newest; empty if it has no days or no rows. */
  public Optional<DayRange> of(String table) {
    return spans.computeIfAbsent(table, this::read);
  }

  private Optional<DayRange> read(String table) {
    SourceDefinition source = Definitions.named(definitions.sources(), "source", table);
    if (source.day().isEmpty()) {
      return Optional.empty();
    }

    Column day = ColumnNames.column(source.day().get()).cast(DataTypes.DateType);
    Row found = sources.rows(table, ANY).agg(min(day), max(day)).head();
    return found.isNullAt(0)
        ? Optional.empty()
        : Optional.of(new DayRange(found.getLocalDate(0), found.getLocalDate(1)));
  }
}
