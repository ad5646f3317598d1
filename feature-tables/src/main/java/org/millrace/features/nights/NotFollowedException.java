package org.millrace.features.nights;

/** A query whose rows cannot be followed from their days to the top; it is run night by night. */
final class NotFollowedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotFollowedException(String why) {
    super(why);
  }
}
