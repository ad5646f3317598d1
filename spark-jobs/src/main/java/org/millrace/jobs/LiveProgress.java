package org.millrace.jobs;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.millrace.jobs.room.Progress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Progress on a terminal: plain lines as elsewhere, and below them one line that is drawn again and
 * again: room, object, days, partitions made of those that are planned, Spark's stages as a bar,
 * rows a second, time left. Without colours. Close it to stop drawing.
 */
final class LiveProgress implements Progress, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveProgress.class);
  private static final String CLEAR = "\r\u001b[K";
  private static final long MILLIS = 250;

  private final PrintStream out;
  private final Progress lines;
  private final int width;
  private final Supplier<StageProgress> stages;
  private final long startNanos = System.nanoTime();
  private final Map<String, Planned> planned = new LinkedHashMap<>();
  private final Set<String> over = new LinkedHashSet<>();
  private String room = "";
  private String days = "";
  private String object = "";
  private final Set<String> made = new HashSet<>();
  private long enteredNanos;
  private long rows;
  private long countedNanos;
  private double rowsASecond;
  private boolean isDrawn;
  private boolean isClosed;

  /**
   * Nothing is drawn yet.
   *
   * @param out the terminal
   * @param lines where lines go, the same terminal
   * @param width of the terminal in characters
   * @param stages how far Spark is
   */
  LiveProgress(PrintStream out, Progress lines, int width, Supplier<StageProgress> stages) {
    this.out = requireNonNull(out, "out is null");
    this.lines = requireNonNull(lines, "lines is null");
    this.width = width;
    this.stages = requireNonNull(stages, "stages is null");
  }

  /** Begins to draw. */
  LiveProgress started() {
    Thread thread = new Thread(this::drawOn, "live-progress");
    thread.setDaemon(true);
    thread.start();
    return this;
  }

  private void drawOn() {
    try {
      while (draw()) {
        Thread.sleep(MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.debug("No live line any more", e); // of Spark's counts: the job itself goes on
      close();
    }
  }

  @Override
  public synchronized void say(String saidBy, String text) {
    clear();
    lines.say(saidBy, text);
  }

  @Override
  public synchronized void plan(Map<String, Planned> byRoom) {
    planned.clear();
    made.clear();
    planned.putAll(byRoom);
  }

  @Override
  public synchronized void enter(String entered, String of) {
    over.add(room);
    room = entered;
    days = of;
    object = "";
    enteredNanos = System.nanoTime();
  }

  @Override
  public synchronized void work(String began) {
    object = began;
  }

  @Override
  public synchronized void made(String of, String partition) {
    if (planned.values().stream().anyMatch(room -> room.objects().contains(of))) {
      made.add(of + " " + partition);
    }
  }

  /** Makes room for what others write to the terminal. */
  synchronized void makeRoom() {
    clear();
  }

  /** Draws the line; false once it is closed. */
  synchronized boolean draw() {
    if (isClosed) {
      return false;
    }

    StageProgress now = stages.get();
    count(now);
    if (!room.isEmpty() || now.tasks() > 0) {
      out.print(CLEAR + line(now).text(width));
      out.flush();
      isDrawn = true;
    } else {
      clear();
    }

    return true;
  }

  /** Rows of stages that ended are gone from the count: then it begins anew. */
  private void count(StageProgress now) {
    long nanos = System.nanoTime();
    double seconds = (nanos - countedNanos) / 1e9;
    if (now.rows() < rows || now.tasks() == 0) {
      rowsASecond = 0;
    } else if (now.rows() > rows && countedNanos > 0) {
      rowsASecond = (now.rows() - rows) / seconds;
    }

    if (now.rows() != rows || countedNanos == 0) {
      rows = now.rows();
      countedNanos = nanos;
    }
  }

  private StatusLine line(StageProgress now) {
    int total = planned.values().stream().mapToInt(Planned::partitions).sum();
    return new StatusLine(
        (System.nanoTime() - startNanos) / 1e9,
        room,
        object,
        days,
        Math.min(made.size(), total),
        total,
        now,
        rowsASecond,
        secondsLeft());
  }

  private double secondsLeft() {
    double left = 0;
    for (Map.Entry<String, Planned> of : planned.entrySet()) {
      if (over.contains(of.getKey())) {
        continue;
      }

      if (of.getValue().seconds() < 0) {
        return -1;
      }

      double spent = of.getKey().equals(room) ? (System.nanoTime() - enteredNanos) / 1e9 : 0;
      left += Math.max(0, of.getValue().seconds() - spent);
    }

    return left;
  }

  private void clear() {
    if (isDrawn) {
      out.print(CLEAR);
      out.flush();
      isDrawn = false;
    }
  }

  @Override
  public synchronized void close() {
    clear();
    isClosed = true;
  }
}
