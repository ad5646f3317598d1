package org.millrace.orchestration;

import picocli.CommandLine.Option;

/** How a job's result is shown. */
final class ResultOption {
  @Option(
      names = "--json",
      description = "Print the result as one line of JSON on a terminal too, as it is elsewhere.")
  boolean json;

  /** Whether a person reads the result. */
  boolean isForPeople() {
    return !json && isTerminal();
  }

  /** Both ends of a conversation. */
  @SuppressWarnings("SystemConsoleNull") // the JDK is 17
  static boolean isTerminal() {
    return System.console() != null;
  }
}
