package org.millrace.jobs.failure;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.MillraceException;

/**
 * All that a failure consists of: the throwable, its causes from the outermost to the innermost,
 * what is left of causes in the text of a failed task, and then suppressed throwables with theirs.
 * Circles and very long chains are cut.
 */
final class CauseChain {
  private static final int MAX_CAUSES = 100;

  private final List<Cause> causes = new ArrayList<>();
  private int innermost;

  private CauseChain() {}

  static CauseChain of(Throwable failure) {
    CauseChain chain = new CauseChain();
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Throwable> starts = new ArrayDeque<>(List.of(failure));
    while (!starts.isEmpty()) {
      chain.follow(starts.remove(), seen, starts);
      if (chain.innermost == 0) {
        chain.innermost = chain.causes.size();
      }
    }

    return chain;
  }

  /**
   * What lies below a failure of ours: its causes, and what its message quotes of an aborted job.
   */
  static CauseChain below(MillraceException ours) {
    CauseChain chain = new CauseChain();
    Throwable cause = ours.getCause();
    if (cause != null) {
      chain = of(cause);
    }

    if (TaskText.isAbortedJob(String.valueOf(ours.getMessage()))) {
      chain.causes.addAll(TaskText.causes(String.valueOf(ours.getMessage())));
      chain.innermost = chain.causes.size();
    }

    return chain;
  }

  private void follow(Throwable start, Set<Throwable> seen, Deque<Throwable> suppressed) {
    for (@Nullable Throwable cause = start;
        cause != null && causes.size() < MAX_CAUSES && seen.add(cause);
        cause = cause.getCause()) {
      Cause link = Cause.of(cause);
      causes.add(link);
      if (cause.getCause() == null && TaskText.isAbortedJob(link.message())) {
        causes.addAll(TaskText.causes(link.message()));
      }

      suppressed.addAll(List.of(cause.getSuppressed()));
    }
  }

  /** All of them. */
  List<Cause> causes() {
    return List.copyOf(causes);
  }

  /** The outermost that fits. */
  Optional<Cause> first(Predicate<Cause> wanted) {
    return causes.stream().filter(wanted).findFirst();
  }

  /** The end of the chain of causes, suppressed ones left out. */
  Cause innermost() {
    return causes.get(innermost - 1);
  }
}
