package org.millrace.jobs;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What others write to stderr, such as a log: first, room is made for it on the terminal. */
final class Stderr extends FilterOutputStream {
  /** Stderr as it was when the program began. */
  static final PrintStream TERMINAL = System.err;

  private static volatile Runnable before = () -> {};

  private Stderr(OutputStream out) {
    super(out);
  }

  /** Puts it in the place of {@code System.err}, before a log takes that. */
  static void install() {
    System.setErr(new PrintStream(new Stderr(TERMINAL), true, StandardCharsets.UTF_8));
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
