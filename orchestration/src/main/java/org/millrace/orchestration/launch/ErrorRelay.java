package org.millrace.orchestration.launch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * Passes on what a child writes to stderr as it comes, but for the one line by which a JVM tells
 * that it was started with the vector module: it has no option that leaves the line out, and
 * nothing follows from it for the reader. A child that survives its parent keeps the relay from
 * ending, so its end is waited for a moment only.
 */
final class ErrorRelay {
  /** A JVM option that brings the line. */
  static final String VECTORS = "--add-modules=jdk.incubator.vector";

  private static final byte[] LINE =
      "WARNING: Using incubator modules: jdk.incubator.vector\n".getBytes(StandardCharsets.UTF_8);
  private static final Duration REST = Duration.ofSeconds(2);

  private final Thread thread;

  private ErrorRelay(Thread thread) {
    this.thread = thread;
  }

  /** Whether such a program may write the line. */
  static boolean isFor(List<String> command) {
    return command.stream().anyMatch(word -> word.contains(VECTORS));
  }

  /** Begins to pass on what the process writes, to this process's stderr. */
  static ErrorRelay start(Process process) {
    Thread thread =
        new Thread(
            () -> {
              try {
                relay(process.getErrorStream(), System.err);
              } catch (IOException e) {
                System.err.println("Cannot pass on what the child process writes: " + e);
              }
            },
            "stderr-of-child");
    thread.setDaemon(true);
    thread.start();
    return new ErrorRelay(thread);
  }

  /** Waits until what an ended process wrote is passed on. */
  void await() throws InterruptedException {
    thread.join(REST.toMillis());
  }

  static void relay(InputStream in, OutputStream out) throws IOException {
    byte[] read = new byte[8192];
    int matched = 0; // bytes of the line that are held back; -1 inside of another line
    for (int count = in.read(read); count >= 0; count = in.read(read)) {
      ByteArrayOutputStream passed = new ByteArrayOutputStream();
      for (int at = 0; at < count; at++) {
        if (matched >= 0 && read[at] == LINE[matched]) {
          matched = (matched + 1) % LINE.length;
        } else {
          passed.write(LINE, 0, Math.max(0, matched));
          passed.write(read[at]);
          matched = read[at] == '\n' ? 0 : -1;
        }
      }

      passed.writeTo(out);
      out.flush();
    }

    out.write(LINE, 0, Math.max(0, matched));
    out.flush();
  }
}
