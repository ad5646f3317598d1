package org.millrace.features.ledger;

import java.time.LocalDate;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Json;
import org.millrace.contracts.Output;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.Status;
import org.millrace.contracts.Withdrawal;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.features.lake.ParquetRow;

/**
 * Ledger entries as rows of {@code ops.ledger}. The first columns are those of earlier releases,
 * whose rows have null in the others: their day 1970-01-01 stands for the whole of an object, and
 * the fingerprint {@code pending} for a partition that was being written.
 */
final class LedgerRows {
  static final StructType SCHEMA =
      new StructType()
          .add("object", DataTypes.StringType)
          .add("day", DataTypes.DateType)
          .add("fingerprint", DataTypes.StringType)
          .add("run_key", DataTypes.StringType)
          .add("input_versions", DataTypes.StringType)
          .add("output_version", DataTypes.StringType)
          .add("rows_in", DataTypes.LongType)
          .add("rows_accepted", DataTypes.LongType)
          .add("rows_quarantined", DataTypes.LongType)
          .add("verdict", DataTypes.StringType)
          .add("finished_at", DataTypes.TimestampType)
          .add("partition", DataTypes.StringType)
          .add("status", DataTypes.StringType)
          .add("attempt", DataTypes.StringType)
          .add("output", DataTypes.StringType)
          .add("rows_refused", DataTypes.LongType)
          .add("rows_later", DataTypes.LongType)
          .add("output_rows", DataTypes.LongType)
          .add("sequence", DataTypes.LongType)
          .add("withdrawal", DataTypes.StringType)
          .add("model", DataTypes.StringType)
          .add("definitions", DataTypes.StringType)
          .add("inputs_fingerprint", DataTypes.StringType);

  private static final String PENDING_OF_EARLIER_RELEASES = "pending";

  private LedgerRows() {}

  static Row row(LedgerEntry entry) {
    return RowFactory.create(
        entry.object(),
        day(entry.partition()),
        entry.fingerprint(),
        entry.runKey(),
        entry.inputVersions(),
        entry.output().version(),
        entry.rows().in(),
        entry.rows().accepted(),
        entry.rows().quarantined(),
        entry.verdict(),
        entry.finishedAt(),
        entry.partition().text(),
        entry.status().name(),
        entry.attempt(),
        entry.output().kind(),
        entry.rows().refused(),
        entry.rows().later(),
        entry.outputRows().isPresent() ? entry.outputRows().getAsLong() : null,
        entry.sequence(),
        entry.withdrawal().map(Json::write).orElse(null),
        entry.model().orElse(null),
        entry.definitions().orElse(null),
        entry.inputsFingerprint().orElse(null));
  }

  private static @Nullable LocalDate day(Partition partition) {
    if (partition instanceof Partition.Day day) {
      return day.date();
    }

    return partition instanceof Partition.Hour hour ? hour.start().toLocalDate() : null;
  }

  static LedgerEntry entry(ParquetRow row) {
    return row.isNull("partition")
        ? ofEarlierRelease(row)
        : new LedgerEntry(
            row.text("object"),
            Partition.parse(row.text("partition")),
            Status.valueOf(row.text("status")),
            row.text("fingerprint"),
            row.text("run_key"),
            row.text("attempt"),
            row.text("input_versions"),
            Output.of(row.text("output"), row.text("output_version")),
            new RowCounts(
                row.number("rows_in"),
                row.number("rows_accepted"),
                row.number("rows_quarantined"),
                row.number("rows_refused"),
                row.number("rows_later")),
            row.isNull("output_rows")
                ? OptionalLong.empty()
                : OptionalLong.of(row.number("output_rows")),
            row.text("verdict"),
            withdrawal(row),
            text(row, "model"),
            text(row, "definitions"),
            text(row, "inputs_fingerprint"),
            row.instant("finished_at"),
            row.number("sequence"));
  }

  /** Empty in files of earlier releases, which have no such column. */
  private static Optional<String> text(ParquetRow row, String column) {
    return row.isNull(column) ? Optional.empty() : Optional.of(row.text(column));
  }

  /** JSON; files that were written by an earlier release have no such column. */
  private static Optional<Withdrawal> withdrawal(ParquetRow row) {
    return row.isNull("withdrawal")
        ? Optional.empty()
        : Optional.of(Json.read(row.text("withdrawal"), Withdrawal.class));
  }

  private static LedgerEntry ofEarlierRelease(ParquetRow row) {
    String object = row.text("object");
    LocalDate day = row.day("day");
    String fingerprint = row.text("fingerprint");
    boolean isPending = fingerprint.equals(PENDING_OF_EARLIER_RELEASES);
    return new LedgerEntry(
        object,
        day.equals(LocalDate.EPOCH) ? Partition.whole() : Partition.of(day),
        isPending ? Status.PENDING : Status.DONE,
        fingerprint,
        row.text("run_key"),
        "",
        row.text("input_versions"),
        output(object, row.text("output_version")),
        new RowCounts(
            row.number("rows_in"),
            row.number("rows_accepted"),
            row.number("rows_quarantined"),
            0,
            0),
        OptionalLong.empty(),
        row.text("verdict"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        row.instant("finished_at"),
        -1);
  }

  private static Output output(String object, String version) {
    if (version.isEmpty()) {
      return new Output.None();
    }

    return object.startsWith("model.") || object.startsWith("gate.")
        ? new Output.Model(version)
        : new Output.Table(Long.parseLong(version));
  }
}
