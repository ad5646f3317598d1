package org.millrace.features.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Renews leases in a thread of its own, as long as there are any. */
final class Heartbeat implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

  private final UnaryOperator<List<Long>> renew;
  private final Runnable onLost;
  private final List<Long> kept = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread daemon = new Thread(work, "millrace-leases");
            daemon.setDaemon(true);
            return daemon;
          });

  /**
   * @param renew renews the numbers it is given, and returns those that are lost
   */
  Heartbeat(UnaryOperator<List<Long>> renew, Duration every, Runnable onLost) {
    this.renew = renew;
    this.onLost = onLost;
    var unused =
        thread.scheduleWithFixedDelay(
            this::beat, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
  }

  void keep(long number) {
    kept.add(number);
  }

  void drop(List<Long> numbers) {
    kept.removeAll(numbers);
  }

  private void beat() {
    List<Long> numbers = new ArrayList<>(kept);
    if (numbers.isEmpty()) {
      return;
    }

    try {
      List<Long> lost = new ArrayList<>(renew.apply(numbers));
      lost.retainAll(kept); // given back meanwhile
      if (!lost.isEmpty()) {
        kept.removeAll(lost);
        LOG.error("Leases {} were taken over by another run: the work is cancelled", lost);
        onLost.run();
      }
    } catch (RuntimeException e) {
      LOG.warn("Cannot renew leases now, trying again: {}", e.toString());
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
