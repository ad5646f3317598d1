package org.millrace.jobs.init;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.approx_count_distinct;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.storage.StorageLevel;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.features.input.SourceRows;
import org.millrace.features.lake.Lake;
import org.millrace.features.spark.ColumnNames;
import org.millrace.jobs.init.SeenTable.SeenColumn;
import org.millrace.jobs.room.Progress;

/**
 * Looks at files as the raw tables that they are to fill, or do fill by a source that is defined.
 * Driver only; a few Spark jobs a table, whose rows stay held until {@link #close}.
 */
final class LookAtFiles implements AutoCloseable {
  private static final DayRange ANY = DayRange.of(LocalDate.EPOCH);

  private final Lake lake;
  private final Optional<Definitions> defined;
  private final OpenFiles files;
  private final Path home;
  private final Progress progress;
  private final Map<String, SeenTable> seen = new LinkedHashMap<>();
  private Optional<LocalDate> first = Optional.empty();

  /**
   * Nothing is looked at yet.
   *
   * @param defined definitions that there are
   */
  LookAtFiles(
      Lake lake, Optional<Definitions> defined, OpenFiles files, Path home, Progress progress) {
    this.lake = requireNonNull(lake, "lake is null");
    this.defined = requireNonNull(defined, "defined is null");
    this.files = requireNonNull(files, "files is null");
    this.home = requireNonNull(home, "home is null");
    this.progress = requireNonNull(progress, "progress is null");
  }

  /** What is older than this day counts on it, in tables that are looked at from now on. */
  void startOn(LocalDate day) {
    first = Optional.of(day);
  }

  /** All tables that were looked at, in order. */
  List<SeenTable> tables() {
    return List.copyOf(seen.values());
  }

  /**
   * Looks at files, once.
   *
   * @param time chooses the column that says when a row counts, from the table's columns
   * @throws MillraceException INPUT_MISSING where nothing is there; DATA_CONTRACT where it cannot
   *     be read, or has no rows; DEFINITION where the time is none
   */
  SeenTable look(String location, Function<SeenTable, Optional<TimeColumn>> time) {
    SeenTable known = seen.get(location);
    if (known != null) {
      return known;
    }

    SeenTable table =
        source(location).map(of -> reread(of, location)).orElseGet(() -> read(location));
    SeenTable counted = counted(table, time.apply(table));
    seen.put(location, counted);
    progress.say(
        "init",
        "%s: %,d rows, %d columns%s"
            .formatted(
                location,
                counted.count(),
                counted.columns().size(),
                counted.days().isEmpty() ? "" : ", " + counted.span()));
    return counted;
  }

  /** The source that reads these files alone. */
  private Optional<SourceDefinition> source(String location) {
    Path path = home.resolve(location).normalize();
    return defined.stream()
        .flatMap(definitions -> definitions.sources().values().stream())
        .filter(
            source ->
                source.inputs().size() == 1
                    && source.inputs().values().iterator().next().path().normalize().equals(path))
        .findFirst();
  }

  private SeenTable reread(SourceDefinition source, String location) {
    Dataset<Row> rows = new SourceRows(lake, source).rows(ANY);
    List<SeenColumn> columns = new ArrayList<>();
    for (StructField field : rows.schema().fields()) {
      if (!source.day().filter(field.name()::equals).isPresent()) {
        columns.add(new SeenColumn(field.name(), field.name(), field.dataType(), 0, 0));
      }
    }

    return new SeenTable(
        source.table(),
        location,
        columns,
        rows,
        0,
        Optional.empty(),
        source.day(),
        new TreeMap<>(),
        Optional.empty());
  }

  private SeenTable read(String location) {
    OpenFiles.Opened opened = files.open(location);
    List<SeenColumn> columns = new ArrayList<>();
    Set<String> names = new TreeSet<>();
    List<Column> renamed = new ArrayList<>();
    for (StructField field : opened.rows().schema().fields()) {
      String name = Words.column(field.name(), names);
      names.add(name);
      boolean isLocal = field.dataType().equals(DataTypes.TimestampNTZType);
      Column value = ColumnNames.column(field.name());
      renamed.add((isLocal ? value.cast(DataTypes.TimestampType) : value).as(name));
      columns.add(
          new SeenColumn(
              field.name(), name, isLocal ? DataTypes.TimestampType : field.dataType(), 0, 0));
    }

    return new SeenTable(
        "raw." + Words.free(Words.table(location), shortNames()),
        location,
        columns,
        opened.rows().select(renamed.toArray(Column[]::new)),
        0,
        Optional.empty(),
        Optional.empty(),
        new TreeMap<>(),
        Optional.of(
            new SeenTable.SeenFiles(
                shown(location), opened.types(), opened.isText(), opened.nulls(), 0)));
  }

  private Set<String> shortNames() {
    Set<String> names = new TreeSet<>();
    seen.values().forEach(table -> names.add(table.shortName()));
    defined.ifPresent(
        definitions ->
            definitions
                .sources()
                .keySet()
                .forEach(table -> names.add(table.substring(table.indexOf('.') + 1))));
    return names;
  }

  /** From the home on, if it is in there. */
  private String shown(String location) {
    Path path = home.resolve(location).normalize();
    return path.startsWith(home) ? home.relativize(path).toString() : path.toString();
  }

  private SeenTable counted(SeenTable table, Optional<TimeColumn> time) {
    Optional<String> day = table.files().isPresent() ? time.map(TimeColumn::dayName) : table.day();
    Dataset<Row> rows = table.rows().persist(StorageLevel.MEMORY_AND_DISK());
    List<Column> counts = new ArrayList<>();
    for (SeenColumn column : table.columns()) {
      counts.add(count(ColumnNames.column(column.name())));
      counts.add(approx_count_distinct(ColumnNames.column(column.name())));
    }

    Row found = rows.agg(count(lit(1)), counts.toArray(Column[]::new)).head();
    if (found.getLong(0) == 0) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot write definitions for %s: it has no rows; a first pipeline is written from data"
              .formatted(table.location()));
    }

    List<SeenColumn> columns = new ArrayList<>();
    for (int i = 0; i < table.columns().size(); i++) {
      SeenColumn column = table.columns().get(i);
      columns.add(
          new SeenColumn(
              column.original(),
              column.name(),
              column.type(),
              found.getLong(0) - found.getLong(1 + 2 * i),
              found.getLong(2 + 2 * i)));
    }

    NavigableMap<LocalDate, Long> days = new TreeMap<>();
    Optional<Column> dayOf =
        table.files().isPresent() ? time.map(of -> expr(of.day())) : day.map(ColumnNames::column);
    long withoutDay = dayOf.map(of -> days(rows, of, days)).orElse(0L);
    Optional<TimeColumn> started = table.files().isPresent() ? started(time, days) : time;
    if (day.isPresent() && days.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot write definitions for %s: no row has a time in %s"
              .formatted(table.location(), time.map(TimeColumn::name).orElse(day.get())));
    }

    return new SeenTable(
        table.table(),
        table.location(),
        columns,
        rows,
        found.getLong(0),
        started,
        day,
        days,
        table
            .files()
            .map(
                of ->
                    new SeenTable.SeenFiles(
                        of.path(), of.types(), of.isText(), of.nulls(), withoutDay)));
  }

  private Optional<TimeColumn> started(
      Optional<TimeColumn> time, NavigableMap<LocalDate, Long> days) {
    if (first.isEmpty() || days.isEmpty() || !days.firstKey().isBefore(first.get())) {
      return time;
    }

    NavigableMap<LocalDate, Long> earlier = days.headMap(first.get(), false);
    long rows = earlier.values().stream().mapToLong(Long::longValue).sum();
    earlier.clear();
    days.merge(first.get(), rows, Long::sum);
    return time.map(of -> of.notBefore(first.get()));
  }

  /** Fills in the rows of each day; how many have none. */
  private static long days(Dataset<Row> rows, Column day, NavigableMap<LocalDate, Long> days) {
    long without = 0;
    for (Row row : rows.groupBy(day).count().collectAsList()) {
      if (row.isNullAt(0)) {
        without = row.getLong(1);
      } else {
        days.put(row.getLocalDate(0), row.getLong(1));
      }
    }

    return without;
  }

  @Override
  public void close() {
    seen.values().forEach(table -> table.rows().unpersist());
  }
}
