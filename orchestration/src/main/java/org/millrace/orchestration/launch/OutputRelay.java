package org.millrace.orchestration.launch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Passes on what a child writes to stdout as it comes, and keeps the last line that is not blank. A
 * grandchild that survives keeps the stream open, so after the end of the child the relay is waited
 * for a moment only.
 */
final class OutputRelay {
  /** Result lines are shorter; of a longer line the beginning is kept. */
  private static final int MOST_KEPT = 1 << 22;

  private static final Duration REST = Duration.ofSeconds(2);

  private final Thread thread;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private String lastLine = "";

  private OutputRelay(InputStream in, OutputStream out) {
    this.thread =
        new Thread(
            () -> {
              try {
                relay(in, out);
              } catch (IOException e) {
                System.err.println("Cannot pass on what the child process writes: " + e);
              }
            },
            "stdout-of-child");
  }

  /** Begins to pass on what the process writes. */
  static OutputRelay start(Process process, OutputStream out) {
    OutputRelay relay = new OutputRelay(process.getInputStream(), out);
    relay.thread.setDaemon(true);
    relay.thread.start();
    return relay;
  }

  /** Waits until what an ended process wrote is passed on. */
  void await() throws InterruptedException {
    thread.join(REST.toMillis());
  }

  /** The last line so far that is not blank, or an empty text. */
  synchronized String lastLine() {
    String begun = line.toString(StandardCharsets.UTF_8);
    return begun.isBlank() ? lastLine : begun;
  }

  /** True if the end of the line is missing. */
  synchronized boolean isCut() {
    return line.size() > 0;
  }

  private void relay(InputStream in, OutputStream out) throws IOException {
    byte[] read = new byte[8192];
    for (int count = in.read(read); count >= 0; count = in.read(read)) {
      out.write(read, 0, count);
      out.flush();
      keep(read, count);
    }
  }

  private synchronized void keep(byte[] read, int count) {
    for (int at = 0; at < count; at++) {
      if (read[at] == '\n') {
        endLine();
      } else if (line.size() < MOST_KEPT) {
        line.write(read[at]);
      }
    }
  }

  private void endLine() {
    String text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    lastLine = text.isBlank() ? lastLine : text;
  }
}
