package org.millrace.orchestration;

/** A command whose last line on stdout is a result line, however it ends. */
interface ResultPrinter {
  /** What names the job in the result line of one that could not start. */
  String name();
}
