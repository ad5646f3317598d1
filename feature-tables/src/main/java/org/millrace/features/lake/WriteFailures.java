package org.millrace.features.lake;

import java.util.OptionalLong;
import java.util.function.Supplier;
import org.apache.spark.sql.delta.DeltaAnalysisException;
import org.apache.spark.sql.delta.DeltaConcurrentModificationException;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * Says what a failed write of a table means to its caller. Driver only.
 *
 * @param table qualified name
 * @param fence under which it was written
 */
record WriteFailures(String table, Fence fence) {
  /**
   * Commits, and tells Delta's failures in terms of ours.
   *
   * @param what days or condition, for messages; starts with a blank, or is empty
   */
  <T> T translating(String what, Supplier<T> commit) {
    try {
      return commit.get();
    } catch (io.delta.exceptions.ConcurrentTransactionException e) {
      throw lostLease(what, e);
    } catch (DeltaConcurrentModificationException e) {
      throw new LostRaceException(
          "Cannot write "
              + table
              + what
              + ": another run changed the same rows first; nothing was written, run it again"
              + " later ("
              + e.getMessage()
              + ")",
          e);
    } catch (Exception e) {
      // Scala throws AnalysisException, a checked one, without saying so
      if (e instanceof DeltaAnalysisException mismatch
          && "DELTA_REPLACE_WHERE_MISMATCH".equals(mismatch.getErrorClass())) {
        throw new MillraceException(
            ErrorCategory.DATA_CONTRACT,
            "Cannot write "
                + table
                + what
                + ": a row lies outside of what is replaced; nothing was written ("
                + e.getMessage()
                + ")",
            e);
      }

      throw e;
    }
  }

  /** Another commit recorded a number of the fence. */
  MillraceException lostLease(String what, DeltaConcurrentModificationException cause) {
    return new MillraceException(
        ErrorCategory.BUSY,
        "Cannot write "
            + table
            + what
            + ": another run committed under "
            + String.join(", ", fence.numbers().keySet())
            + " meanwhile; nothing was written, run it again later",
        cause);
  }

  /** Fails if a commit between two versions moved data, or the newer one is not the newer. */
  void requireUnchanged(
      TableLog log,
      long expected,
      long current,
      @Nullable DeltaConcurrentModificationException cause) {
    OptionalLong changed =
        current < expected ? OptionalLong.of(current) : log.firstDataChange(expected + 1, current);
    if (changed.isPresent()) {
      throw new LostRaceException(
          "Cannot write "
              + table
              + " after version "
              + expected
              + (current < expected
                  ? ": the table ends at version " + current
                  : ": another run changed it in version " + changed.getAsLong())
              + "; nothing was written, read it again and decide anew",
          cause);
    }
  }
}
