package org.millrace.orchestration;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Passes lines on as they end, but for result lines, which are for programs. Not thread-safe. */
final class HeldResult extends OutputStream {
  private static final String RESULT = "{\"schema\":";

  private final OutputStream out;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  HeldResult(OutputStream out) {
    this.out = requireNonNull(out, "out is null");
  }

  @Override
  public void write(int b) throws IOException {
    line.write(b);
    if (b == '\n') {
      if (!line.toString(StandardCharsets.UTF_8).startsWith(RESULT)) {
        line.writeTo(out);
      }

      line.reset();
    }
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }
}
