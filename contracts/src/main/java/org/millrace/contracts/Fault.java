package org.millrace.contracts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What happens at one fault point, once. Thread-safe. */
final class Fault {
  private static final int EXIT_CODE = 137; // as of kill -9
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final FaultPoint point;
  private final String object;
  private final AtomicInteger left;
  private final Runnable action;

  /**
   * Plans what happens.
   *
   * @param object the point's object; empty for any
   * @param nth how often the point is reached then, from 1
   */
  Fault(FaultPoint point, String object, int nth, Runnable action) {
    this.point = point;
    this.object = object;
    this.left = new AtomicInteger(nth);
    this.action = action;
  }

  /**
   * Reads the properties.
   *
   * @return null if the text is empty
   * @throws IllegalArgumentException if it names no point
   */
  static @Nullable Fault parse(String text, String pauseFile) {
    if (text.isEmpty()) {
      return null;
    }

    return parse(text, pauseFile.isEmpty() ? Fault::halt : () -> pause(Path.of(pauseFile)));
  }

  /** Reads {@code POINT:object#nth}, of which the point alone must be there. */
  static Fault parse(String text, Runnable action) {
    int count = text.indexOf('#');
    String place = count < 0 ? text : text.substring(0, count);
    int colon = place.indexOf(':');
    return new Fault(
        FaultPoint.valueOf(colon < 0 ? place : place.substring(0, colon)),
        colon < 0 ? "" : place.substring(colon + 1),
        count < 0 ? 1 : Integer.parseInt(text.substring(count + 1)),
        action);
  }

  void reached(FaultPoint at, String of) {
    if (at == point && (object.isEmpty() || object.equals(of)) && left.decrementAndGet() == 0) {
      action.run();
    }
  }

  private static void halt() {
    Runtime.getRuntime().halt(EXIT_CODE);
  }

  private static void pause(Path file) {
    try {
      Files.writeString(Path.of(file + ".reached"), "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    while (!Files.exists(file)) {
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}
