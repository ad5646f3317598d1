package org.millrace.contracts.definition;

/** What a day without rows means, or one without answers. */
public enum EmptyDays {
  /** It has not arrived yet, or it is broken: the run stops. */
  FAIL,
  /** It happens: the day is done as it is. */
  ALLOW
}
