package org.millrace.jobs;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * What is written to stderr beside the live line, such as a log, and rows and texts on stdout:
 * first, room is made for it, as both may be one terminal.
 */
final class TerminalStream extends FilterOutputStream {
  /** Stderr as it was when the program began. */
  static final PrintStream STDERR = System.err;

  private static volatile Runnable before = () -> {};

  private TerminalStream(OutputStream out) {
    super(out);
  }

  /** Puts it in the place of {@code System.err}, before a log takes that. */
  static void install() {
    System.setErr(of(STDERR));
  }

  /** A stream that makes room before it writes to another one. */
  static PrintStream of(OutputStream out) {
    return new PrintStream(new TerminalStream(out), true, StandardCharsets.UTF_8);
  }

  /** What makes room; may be called by any thread. */
  static void before(Runnable makeRoom) {
    before = makeRoom;
  }

  @Override
  public void write(int one) throws IOException {
    before.run();
    out.write(one);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    before.run();
    out.write(bytes, from, length);
  }
}
