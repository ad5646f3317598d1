package org.millrace.features.lake;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.time.LocalDate;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * One object's day, as it was done.
 *
 * @param object table or model, such as {@code features.origin_weather}
 * @param day the day, or {@link #WHOLE} for an object without days
 * @param fingerprint of the definition and of all inputs; the same one means the same content
 * @param runKey intent that did it
 * @param inputVersions JSON of table to version
 * @param outputVersion Delta version (or model version) that holds it
 * @param rowsIn rows read for the day
 * @param rowsAccepted rows in the object
 * @param rowsQuarantined rows set aside
 * @param verdict {@code PASS}, or {@code -} where nothing is judged
 * @param finishedAt when it became visible
 */
public record LedgerEntry(
    String object,
    LocalDate day,
    String fingerprint,
    String runKey,
    String inputVersions,
    String outputVersion,
    long rowsIn,
    long rowsAccepted,
    long rowsQuarantined,
    String verdict,
    Instant finishedAt) {
  /** Stands for the day of an object that has no days. */
  public static final LocalDate WHOLE = LocalDate.EPOCH;

  /** Fingerprint of a day that is being written: what its table has of it is not known. */
  public static final String PENDING = "pending";

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
          .add("finished_at", DataTypes.TimestampType);

  /** Checks that all is present. */
  public LedgerEntry {
    requireNonNull(object, "object is null");
    requireNonNull(day, "day is null");
    requireNonNull(fingerprint, "fingerprint is null");
    requireNonNull(finishedAt, "finishedAt is null");
  }

  Row toRow() {
    return RowFactory.create(
        object,
        day,
        fingerprint,
        runKey,
        inputVersions,
        outputVersion,
        rowsIn,
        rowsAccepted,
        rowsQuarantined,
        verdict,
        finishedAt);
  }

  static LedgerEntry of(Row row) {
    return new LedgerEntry(
        row.getString(0),
        row.getLocalDate(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        row.getLong(6),
        row.getLong(7),
        row.getLong(8),
        row.getString(9),
        row.getInstant(10));
  }
}
