package org.millrace.features.lake;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * What was done: per object and day the fingerprint of definition and inputs, the versions and the
 * counts. A Delta table, {@code ops.ledger}, read once and kept up to date by this program's own
 * entries.
 *
 * <p>A commit comes before its entry. A run that is killed between the two finds no entry, does the
 * day again, and replaces it with the same rows.
 *
 * <p>Placement: driver only. Not thread-safe.
 */
public final class Ledger {
  /** The ledger's table. */
  public static final String TABLE = "ops.ledger";

  private static final String DESCRIPTION =
      "What was done: object, day, fingerprint, versions, counts, verdict";

  // of one moment
  private static final Column PENDING_FIRST = col("fingerprint").notEqual(LedgerEntry.PENDING);

  private final Lake lake;
  private final Map<String, TreeMap<LocalDate, LedgerEntry>> newest = new HashMap<>();

  private Ledger(Lake lake) {
    this.lake = lake;
  }

  /** Reads the ledger of a lake; an absent one is empty. */
  public static Ledger open(Lake lake) {
    Ledger ledger = new Ledger(requireNonNull(lake, "lake is null"));
    if (lake.exists(TABLE)) {
      Dataset<Row> rows = lake.spark().read().format("delta").load(lake.path(TABLE));
      for (Row row : rows.orderBy(col("finished_at"), PENDING_FIRST).collectAsList()) {
        ledger.remember(LedgerEntry.of(row));
      }
    }

    return ledger;
  }

  /** The newest entry of an object's day. */
  public Optional<LedgerEntry> entry(String object, LocalDate day) {
    return Optional.ofNullable(newest.getOrDefault(object, new TreeMap<>()).get(day));
  }

  /** The newest entries of all days of an object, by day. */
  public NavigableMap<LocalDate, LedgerEntry> entries(String object) {
    return new TreeMap<>(newest.getOrDefault(object, new TreeMap<>()));
  }

  /** True where the day was done with exactly this fingerprint. */
  public boolean isDone(String object, LocalDate day, String fingerprint) {
    return entry(object, day).filter(entry -> entry.fingerprint().equals(fingerprint)).isPresent();
  }

  /** Writes entries, in one commit. */
  public void append(Collection<LedgerEntry> entries, CommitNote note) {
    if (entries.isEmpty()) {
      return;
    }

    List<Row> rows = new ArrayList<>();
    entries.forEach(entry -> rows.add(entry.toRow()));
    Dataset<Row> frame = lake.spark().createDataFrame(rows, LedgerEntry.SCHEMA).coalesce(1);
    new TableWriter(lake, TABLE, DESCRIPTION, Map.of(), Optional.empty()).append(frame, note);
    entries.forEach(this::remember);
  }

  /**
   * The fingerprint of an object's inputs over some days.
   *
   * @param object input object: with days, or whole
   * @param days the days that are read; holes inside what the object has are an error, days before
   *     its first one are not
   * @return SHA-256 over the fingerprints of the days, in order
   * @throws MillraceException of category INPUT_MISSING where a day is not there yet
   */
  public String fingerprint(String object, DayRange days) {
    TreeMap<LocalDate, LedgerEntry> entries = newest.getOrDefault(object, new TreeMap<>());
    LedgerEntry whole = entries.get(LedgerEntry.WHOLE);
    if (whole != null) {
      return whole.fingerprint();
    }

    List<String> parts = new ArrayList<>();
    List<LocalDate> missing = new ArrayList<>();
    for (LocalDate day : days.days()) {
      LedgerEntry entry = entries.get(day);
      if (entry != null) {
        parts.add(day + "=" + entry.fingerprint());
      } else if (entries.isEmpty() || !day.isBefore(entries.firstKey())) {
        missing.add(day);
      }
    }

    requireComplete(object, missing, entries);
    return Digest.sha256(parts.toArray(String[]::new));
  }

  private static void requireComplete(
      String object, List<LocalDate> missing, NavigableMap<LocalDate, LedgerEntry> entries) {
    if (missing.isEmpty()) {
      return;
    }

    String has =
        entries.isEmpty()
            ? "no day at all"
            : entries.size() + " days from " + entries.firstKey() + " to " + entries.lastKey();
    throw new MillraceException(
        ErrorCategory.INPUT_MISSING,
        "Cannot read "
            + object
            + " for "
            + missing.get(0)
            + (missing.size() > 1 ? " and " + (missing.size() - 1) + " more days" : "")
            + ", which nobody has made yet: it has "
            + has
            + "; run the days from "
            + missing.get(0)
            + " to "
            + missing.get(missing.size() - 1)
            + " first");
  }

  private void remember(LedgerEntry entry) {
    newest.computeIfAbsent(entry.object(), object -> new TreeMap<>()).put(entry.day(), entry);
  }
}
