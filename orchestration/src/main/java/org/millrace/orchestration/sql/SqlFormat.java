package org.millrace.orchestration.sql;

/** How rows are written. */
public enum SqlFormat {
  /** Columns side by side, for people. */
  TABLE,
  /** RFC 4180, with a header; null is an empty field. */
  CSV,
  /** One JSON object a row. */
  JSON
}
