package org.millrace.jobs.ingest;

import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/** Days of a source have yet to come; whatever was there is filled. Of category INPUT_MISSING. */
final class NotReadyException extends MillraceException {
  private static final long serialVersionUID = 1;

  NotReadyException(String message) {
    super(ErrorCategory.INPUT_MISSING, message);
  }
}
