package org.millrace.jobs.validate;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.not;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Partition;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.TableWriter;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.tables.FeatureTableColumns;
import org.millrace.jobs.tables.ViewDays;

/**
 * A view's table of which columns get another type. A table has one type a column, so the rows of
 * all other days are rewritten with the new days, in one commit; that is done only where it keeps
 * every value, which is checked by casting it back. Days that are rewritten stay what they are: of
 * their older definition, by the run that made them.
 *
 * <p>Placement: driver only.
 */
final class RetypedTable {
  private final JobContext context;
  private final ViewDays wanted;
  private final TableVersion table;
  private final Dataset<Row> others;
  private final Map<String, DataType> types;

  /** Of other days, those that the ledger is right about. */
  private final NavigableMap<LocalDate, LedgerEntry> kept;

  private RetypedTable(
      JobContext context,
      ViewDays wanted,
      TableVersion table,
      Dataset<Row> others,
      Map<String, DataType> types) {
    this.context = requireNonNull(context, "context is null");
    this.wanted = wanted;
    this.table = table;
    this.others = others;
    this.types = types;
    this.kept = context.ledger().agreed(context.ledger().entries(wanted.view().table()));
    wanted.days().days().forEach(kept::remove);
  }

  /**
   * The table, if staged rows have a column of another type than it.
   *
   * @param staged schema of the rows of the wanted days
   */
  static Optional<RetypedTable> of(JobContext context, ViewDays wanted, StructType staged) {
    return context
        .lake()
        .current(wanted.view().table())
        .flatMap(table -> of(context, wanted, staged, table));
  }

  private static Optional<RetypedTable> of(
      JobContext context, ViewDays wanted, StructType staged, TableVersion table) {
    Dataset<Row> rows = context.lake().read(table);
    Map<String, DataType> types = differing(staged, rows.schema());
    return types.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new RetypedTable(context, wanted, table, rows.where(not(isWanted(wanted))), types));
  }

  private static Column isWanted(ViewDays wanted) {
    return expr(Lake.inDays(FeatureTableColumns.KNOWN_DATE, wanted.days()));
  }

  /** Whether rows have a column of another type than a table. */
  static boolean differs(StructType rows, Dataset<Row> table) {
    return !differing(rows, table.schema()).isEmpty();
  }

  private static Map<String, DataType> differing(StructType rows, StructType table) {
    Map<String, DataType> wanted = new LinkedHashMap<>();
    Arrays.stream(rows.fields()).forEach(field -> wanted.put(field.name(), field.dataType()));
    Map<String, DataType> differing = new LinkedHashMap<>();
    for (StructField field : table.fields()) {
      DataType type = wanted.get(field.name());
      if (type != null && !type.sameType(field.dataType())) {
        differing.put(field.name(), type);
      }
    }

    return differing;
  }

  /** Why rows of other days cannot have the new types; empty if every value can. One Spark job. */
  Optional<String> refusal() {
    List<Column> lossy = new ArrayList<>();
    types.forEach((name, type) -> lossy.add(isLossy(name, type)));
    Row lost =
        others
            .where(lossy.stream().reduce(Column::or).orElseThrow())
            .selectExpr("count(*)", "min(known_date)", "max(known_date)")
            .first();
    return lost.getLong(0) == 0
        ? Optional.empty()
        : Optional.of(
            "Cannot publish %s of %s: %s, and %d rows of other days, within %s, would lose their value; make these days in the same run, or give the column another name"
                .formatted(
                    wanted.view().table(),
                    wanted.days(),
                    changes(),
                    lost.getLong(0),
                    new DayRange(lost.getLocalDate(1), lost.getLocalDate(2))));
  }

  private Column isLossy(String name, DataType type) {
    DataType old = others.schema().apply(name).dataType();
    if (!Cast.canTryCast(old, type) || !Cast.canTryCast(type, old)) {
      return col(quoted(name)).isNotNull();
    }

    String back =
        "try_cast(try_cast(%s AS %s) AS %s)".formatted(quoted(name), type.sql(), old.sql());
    return not(expr(back).eqNullSafe(col(quoted(name))));
  }

  private String changes() {
    return types.entrySet().stream()
        .map(
            of ->
                "column %s is %s in %s, and the definition says %s"
                    .formatted(
                        of.getKey(),
                        others.schema().apply(of.getKey()).dataType().sql(),
                        table,
                        of.getValue().sql()))
        .collect(Collectors.joining("; "));
  }

  private static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  /**
   * Writes the rows of the wanted days, and those of other days with the new types.
   *
   * @throws org.millrace.features.lake.LostRaceException if another run changed the table first
   */
  TableVersion replace(TableWriter writer, Dataset<Row> staged, CommitNote note) {
    Dataset<Row> cast = others;
    for (Map.Entry<String, DataType> of : types.entrySet()) {
      cast = cast.withColumn(of.getKey(), col(quoted(of.getKey())).cast(of.getValue()));
    }

    Dataset<Row> all =
        cast.unionByName(staged, true)
            .repartition(col(FeatureTableColumns.KNOWN_DATE))
            .sortWithinPartitions(FeatureTableColumns.KNOWN_DATE);
    NavigableMap<Partition, PartitionNote> partitions = new TreeMap<>(note.partitions());
    kept.values()
        .forEach(
            entry ->
                partitions.put(
                    entry.partition(),
                    new PartitionNote(entry.fingerprint(), entry.rows(), entry.verdict())));
    TableVersion version = writer.replaceAllAt(all, table.version(), note.with(partitions));
    context
        .progress()
        .say("validate", version + ": " + changes() + "; rows of other days were rewritten so");
    return version;
  }

  /** What the ledger is to say of the other days, which a version of the table now holds. */
  List<LedgerEntry> entries(TableVersion version) {
    return kept.values().stream().map(entry -> entry.in(version)).toList();
  }
}
