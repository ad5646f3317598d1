package org.millrace.jobs;

import java.io.PrintStream;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.millrace.jobs.room.Progress;

/**
 * How progress is shown: not at all ({@code millrace.quiet}), on a terminal with a live line
 * ({@code millrace.live}, the width of the terminal), else as plain lines. Driver only.
 *
 * @param progress to report to
 * @param live to be closed, if there is one
 */
record ShownProgress(Progress progress, Optional<LiveProgress> live) implements AutoCloseable {
  private static final int NARROW = 40;

  /** Of a session's jobs, on stderr. */
  static ShownProgress of(SparkSession spark) {
    PrintStream out = TerminalStream.STDERR;
    if (Boolean.getBoolean("millrace.quiet")) {
      return new ShownProgress((room, text) -> {}, Optional.empty());
    }

    Progress lines = new StderrProgress(out);
    int width = Integer.getInteger("millrace.live", 0);
    if (width < NARROW) {
      return new ShownProgress(lines, Optional.empty());
    }

    LiveProgress live =
        new LiveProgress(out, lines, width - 1, () -> StageProgress.of(spark)).started();
    TerminalStream.before(live::makeRoom);
    return new ShownProgress(live, Optional.of(live));
  }

  @Override
  public void close() {
    TerminalStream.before(() -> {});
    live.ifPresent(LiveProgress::close);
  }
}
