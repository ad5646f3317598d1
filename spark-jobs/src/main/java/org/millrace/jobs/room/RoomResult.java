package org.millrace.jobs.room;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;

/**
 * What a room says of its work. Each room has a record of its own, with the facts by their types;
 * the methods here are how the result line, {@code ops.runs} and the report see every room alike.
 */
public interface RoomResult {
  /** True if all had been done before, and nothing was changed. */
  boolean isIdle();

  /** One plain sentence. */
  String message();

  /** What became of the rows that were read. */
  default RowCounts rows() {
    return RowCounts.NONE;
  }

  /** Rows written, by object. */
  default Map<String, Long> written() {
    return Map.of();
  }

  /** Versions written or used, by object as the ledger names it. */
  default Map<String, String> versions() {
    return Map.of();
  }

  /** Other counts, by name. */
  default Map<String, Long> counts() {
    return Map.of();
  }

  /** Other facts, by name. */
  default Map<String, String> values() {
    return Map.of();
  }

  /**
   * The result line.
   *
   * @param attempt distinct for each start of the program
   * @param seconds wall seconds of the work
   */
  default JobResult line(RunKey key, String attempt, double seconds) {
    Map<String, Long> all = new LinkedHashMap<>();
    all.put("rows_in", rows().in());
    all.put("rows_out", rows().accepted());
    all.put("rows_quarantined", rows().quarantined());
    all.put("rows_refused", rows().refused());
    all.put("rows_later", rows().later());
    all.putAll(counts());
    return new JobResult(
        key.toString(),
        attempt,
        isIdle() ? Outcome.NOTHING_TO_DO : Outcome.DONE,
        0,
        null,
        message(),
        all,
        written(),
        versions(),
        values(),
        seconds,
        "",
        List.of());
  }
}
