package org.millrace.jobs;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import org.millrace.contracts.ProcessStamp;

/**
 * Ends this JVM when the command that started it has ended: a job that goes on alone would work
 * beside the retry of its own command. The JVM ends orderly, by Spark's shutdown hook, and is
 * halted if that takes too long: within two seconds of the parent's end in all. Driver only.
 */
final class ParentWatch {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration GRACE = Duration.ofMillis(1500);

  /** 128 and SIGTERM: ended from outside. */
  private static final int EXIT_CODE = 143;

  private final ProcessStamp parent;

  private ParentWatch(ProcessStamp parent) {
    this.parent = requireNonNull(parent, "parent is null");
  }

  /**
   * Starts to watch, if the command asked for it; a job that was started otherwise is left alone,
   * and so is a driver in a cluster, which runs on another machine than the command.
   *
   * @param parent value of {@link ProcessStamp#PARENT_PROPERTY}, empty if it is not set
   * @param deployMode value of {@code spark.submit.deployMode}, empty if it is not set
   */
  static void start(String parent, String deployMode) {
    Optional<ProcessStamp> stamp = ProcessStamp.parse(parent);
    if (stamp.isPresent() && !deployMode.equals("cluster")) {
      thread("parent-watch", new ParentWatch(stamp.get())::watch);
    }
  }

  private void watch() {
    // one handle for all polls: it remembers its process, so a new user of the id is not taken for
    // it
    Optional<ProcessHandle> process = parent.find();
    while (process.isPresent() && ProcessStamp.isRunning(process.get())) {
      sleep(POLL);
    }

    thread("halt-after-grace", ParentWatch::haltAfterGrace);
    System.err.println(
        "millrace: the command that started this job (process "
            + parent.pid()
            + ") has ended; the job ends too");
    System.exit(EXIT_CODE);
  }

  private static void haltAfterGrace() {
    sleep(GRACE);
    Runtime.getRuntime().halt(EXIT_CODE);
  }

  private static void sleep(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // no reason to watch less: the next look comes at once
    }
  }

  private static void thread(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }
}
