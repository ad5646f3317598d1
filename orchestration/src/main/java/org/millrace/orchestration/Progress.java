package org.millrace.orchestration;

import java.io.PrintStream;
import picocli.CommandLine.Help.Ansi;

/** Says what goes on, on stderr; in colour on a terminal only. */
final class Progress {
  private final PrintStream err;

  Progress(PrintStream err) {
    this.err = err;
  }

  /** A new step begins. */
  void step(String what) {
    err.println(Ansi.AUTO.string("@|bold,blue ==>|@ ") + what);
  }

  /** Something about the current step. */
  void note(String what) {
    err.println("    " + what);
  }
}
