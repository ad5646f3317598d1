package org.millrace.jobs.init;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.to_utc_timestamp;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.InputDefinition;
import org.millrace.contracts.definition.JdbcTable;
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
  /** For sources whose SQL asks for days. */
  private static final DayRange ANY =
      new DayRange(LocalDate.of(1900, 1, 1), LocalDate.of(2200, 1, 1));

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
      requireSameTime(known, time.apply(known));
      return known;
    }

    SeenTable table =
        source(location).map(of -> reread(of, location)).orElseGet(() -> read(location));
    Optional<TimeColumn> arrives = time.apply(table);
    if (table.files().isEmpty() && table.day().isEmpty() && arrives.isPresent()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use %s with %s: source %s reads it already, and its rows have no days; use another --conf, or give that source a 'day'"
              .formatted(location, arrives.get().name(), table.table()));
    }

    SeenTable counted = new CountTable(first).counted(table, arrives);
    seen.put(location, counted); // held rows are let go even if it is refused
    requireOwnDays(counted);
    counted.files().ifPresent(found -> found.notes().forEach(note -> progress.say("init", note)));
    progress.say(
        "init",
        "%s: %,d rows, %d columns%s%s"
            .formatted(
                location,
                counted.count(),
                counted.columns().size(),
                counted.days().isEmpty() ? "" : ", " + counted.span(),
                counted.time().flatMap(TimeColumn::first).isPresent()
                    ? ", with what is older on the first day"
                    : ""));
    return counted;
  }

  /** A source that is shared may take rows by another time than the one that is named. */
  private static void requireOwnDays(SeenTable table) {
    if (table.files().isPresent() || table.day().isEmpty()) {
      return;
    }

    boolean isOther =
        table
            .time()
            .map(
                time ->
                    !table
                        .rows()
                        .where(col(time.name()).isNotNull())
                        .where(not(col(table.day().get()).eqNullSafe(expr(time.day()))))
                        .isEmpty())
            .orElse(true);
    if (isOther) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use %s with %s: source %s reads it already, and its rows arrive by day %s, which is another time; name the time of that day, or use another --conf"
              .formatted(
                  table.location(),
                  table.time().map(TimeColumn::name).orElse("no time"),
                  table.table(),
                  table.day().get()));
    }
  }

  /** A table has one time by which its rows arrive. */
  private static void requireSameTime(SeenTable known, Optional<TimeColumn> time) {
    Optional<String> before = known.time().map(TimeColumn::name);
    if (!before.equals(time.map(TimeColumn::name))) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use %s with %s: its rows arrive by %s, which was given earlier; name the same time, or other files"
              .formatted(
                  known.location(),
                  time.map(TimeColumn::name).orElse("no time"),
                  before.orElse("no time")));
    }
  }

  /** The source that reads these files alone. */
  private Optional<SourceDefinition> source(String location) {
    return defined.stream()
        .flatMap(definitions -> definitions.sources().values().stream())
        .filter(
            source ->
                source.inputs().size() == 1
                    && isOf(source.inputs().values().iterator().next(), location))
        .findFirst();
  }

  private boolean isOf(InputDefinition input, String location) {
    return JdbcTable.isMeant(location)
        ? input.jdbc().equals(JdbcTable.parse(location))
        : input.jdbc().isEmpty()
            && input.path().normalize().equals(home.resolve(location).normalize());
  }

  private SeenTable reread(SourceDefinition source, String location) {
    Dataset<Row> rows = new SourceRows(lake, source).rows(ANY);
    List<SeenColumn> columns = new ArrayList<>();
    for (StructField field : rows.schema().fields()) {
      if (!source.day().filter(field.name()::equals).isPresent()) {
        columns.add(
            new SeenColumn(field.name(), field.name(), field.dataType(), 0, 0, false, false));
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
      requireWritable(field.name(), location);
      Column value = ColumnNames.column(field.name());
      renamed.add((isLocal ? instant(value) : value).as(name));
      columns.add(
          new SeenColumn(
              field.name(),
              name,
              isLocal ? DataTypes.TimestampType : field.dataType(),
              0,
              0,
              isLocal,
              false));
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
                shown(location),
                opened.types(),
                opened.isText(),
                opened.nulls(),
                opened.notes(),
                0)));
  }

  private Column instant(Column local) {
    return to_utc_timestamp(local.cast(DataTypes.TimestampType), files.zone().getId());
  }

  private static void requireWritable(String column, String location) {
    if (column.chars().anyMatch(Character::isISOControl)) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot write definitions for %s: the name of its column '%s' holds a line break or another control character; correct the header"
              .formatted(location, column.replaceAll("\\p{Cntrl}", "?")));
    }
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
    if (JdbcTable.isMeant(location)) {
      return location;
    }

    Path path = home.resolve(location).normalize();
    return path.startsWith(home) ? home.relativize(path).toString() : path.toString();
  }

  @Override
  public void close() {
    seen.values().forEach(table -> table.rows().unpersist());
  }
}
