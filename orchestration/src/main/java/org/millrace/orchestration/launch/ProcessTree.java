package org.millrace.orchestration.launch;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.millrace.contracts.ProcessStamp;

/** Ends processes with all that they started. */
public final class ProcessTree {
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private ProcessTree() {}

  /**
   * Asks the processes and their descendants to end, and kills what still runs after the grace
   * time.
   *
   * @return true where all of them are gone
   */
  public static boolean end(Collection<ProcessHandle> roots, Duration grace) {
    Set<ProcessHandle> all = new LinkedHashSet<>();
    for (ProcessHandle root : roots) {
      all.add(root);
      root.descendants().forEach(all::add); // now: a child of a dead parent cannot be found later
    }

    all.forEach(ProcessHandle::destroy);
    if (awaitEnd(all, grace)) {
      return true;
    }

    all.forEach(ProcessHandle::destroyForcibly);
    return awaitEnd(all, Duration.ofSeconds(5));
  }

  /** {@link #end(Collection, Duration)} of one. */
  public static boolean end(ProcessHandle root, Duration grace) {
    return end(List.of(root), grace);
  }

  /** True where the process runs; a dead one that its parent has not reaped does not. */
  public static boolean isRunning(ProcessHandle process) {
    return ProcessStamp.isRunning(process);
  }

  private static boolean awaitEnd(Set<ProcessHandle> processes, Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (processes.stream().anyMatch(ProcessTree::isRunning)) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }

      LockSupport.parkNanos(POLL_NANOS);
    }

    return true;
  }
}
