package org.millrace.features.lake;

import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * Another writer changed the table first, and nothing of ours was written. The caller reads the
 * table again and decides anew. Category BUSY.
 */
public final class LostRaceException extends MillraceException {
  private static final long serialVersionUID = 1L;

  /**
   * @param cause Delta's conflict, or null if the race was lost before the commit
   */
  public LostRaceException(String message, @Nullable Throwable cause) {
    super(ErrorCategory.BUSY, message, cause);
  }
}
