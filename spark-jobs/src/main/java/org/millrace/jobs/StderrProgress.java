package org.millrace.jobs;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import java.util.Locale;
import org.millrace.jobs.room.Progress;

/** Progress as plain lines: seconds since the start, room, text. */
final class StderrProgress implements Progress {
  private final PrintStream out;
  private final long startNanos = System.nanoTime();

  StderrProgress(PrintStream out) {
    this.out = requireNonNull(out, "out is null");
  }

  @Override
  public void say(String room, String text) {
    out.println(
        String.format(
            Locale.ROOT, "%7.1f s  %-12s  %s", (System.nanoTime() - startNanos) / 1e9, room, text));
  }
}
