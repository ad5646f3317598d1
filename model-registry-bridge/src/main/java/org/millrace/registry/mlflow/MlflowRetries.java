package org.millrace.registry.mlflow;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import dev.failsafe.RetryPolicyBuilder;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one step against MLflow until it succeeds, is refused, or the time for it is spent. A step
 * must be safe to run again: one that creates something looks first.
 *
 * <p>Tried again: no connection, no answer in time, HTTP 429 and 5xx, and the 400 that two workers
 * inserting the same row cause. Everything else would be refused again.
 *
 * <p>A server for which a step has waited in vain is asked once a step for some minutes: a run asks
 * for many things, and would wait as long for each. Thread-safe.
 */
final class MlflowRetries {
  private static final Logger LOG = LoggerFactory.getLogger(MlflowRetries.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private static final Duration DOWN = Duration.ofMinutes(10);

  private final MlflowSettings settings;
  // when a step gave up, by System.nanoTime; empty if the server answered since
  private volatile OptionalLong gaveUpAt = OptionalLong.empty();

  MlflowRetries(MlflowSettings settings) {
    this.settings = settings;
  }

  /** Same as {@link #step(String, Supplier)} for a step without a result. */
  void step(String what, Runnable attempt) {
    step(
        what,
        () -> {
          attempt.run();
          return true;
        });
  }

  /**
   * @param what the step in words, for messages: {@code log metrics of run 12ab}
   */
  <T> T step(String what, Supplier<T> attempt) {
    AtomicInteger attempts = new AtomicInteger();
    long started = System.nanoTime();
    try {
      T answer =
          Failsafe.with(policy(what))
              .get(
                  () -> {
                    attempts.incrementAndGet();
                    return attempt.get();
                  });
      gaveUpAt = OptionalLong.empty();
      return answer;
    } catch (MlflowFailure e) {
      Duration tried = Duration.ofNanos(System.nanoTime() - started);
      if (!e.mayPass()) {
        gaveUpAt = OptionalLong.empty(); // it answered
        throw refused(what, e);
      }

      gaveUpAt = OptionalLong.of(System.nanoTime());
      throw exhausted(what, e, attempts.get(), tried);
    } catch (FailsafeException e) {
      Thread.currentThread().interrupt(); // the only checked one possible: interrupted in a pause
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot " + what + ": the thread was interrupted", e);
    }
  }

  private <T> RetryPolicy<T> policy(String what) {
    RetryPolicyBuilder<T> policy =
        RetryPolicy.<T>builder()
            .handleIf(e -> e instanceof MlflowFailure failure && failure.mayPass())
            .onRetry(
                e -> LOG.info("Trying again to {}: {}", what, e.getLastException().getMessage()));
    if (isDown() || settings.retryFor().compareTo(FIRST_PAUSE) <= 0) {
      return policy.withMaxRetries(0).build();
    }

    return policy
        .withMaxRetries(-1)
        .withBackoff(FIRST_PAUSE, LONGEST_PAUSE)
        .withJitter(0.2)
        .withMaxDuration(settings.retryFor())
        .build();
  }

  private boolean isDown() {
    OptionalLong at = gaveUpAt;
    return at.isPresent() && System.nanoTime() - at.getAsLong() < DOWN.toNanos();
  }

  private MillraceException exhausted(String what, MlflowFailure e, int attempts, Duration tried) {
    String advice =
        e.kind() == MlflowFailure.Kind.NO_ANSWER
            ? "start the server, or correct registry.uri in conf/millrace.yaml or"
                + " MLFLOW_TRACKING_URI"
            : "look into the server's log, then run again";
    return new MillraceException(
        ErrorCategory.EXTERNAL,
        "Cannot %s: MLflow at %s failed %d times in %d.%d s, last: %s; %s"
            .formatted(
                what,
                settings.uri(),
                attempts,
                tried.toSeconds(),
                tried.toMillisPart() / 100,
                e.getMessage(),
                advice),
        e);
  }

  private MillraceException refused(String what, MlflowFailure e) {
    String text =
        "Cannot " + what + ": MLflow at " + settings.uri() + " answered " + e.getMessage();
    if (e.status() == 401 || e.status() == 403) {
      return new MillraceException(
          ErrorCategory.DEFINITION,
          text
              + "; set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD to a user who may do"
              + " this, or list this host in the server's --allowed-hosts",
          e);
    }
    if (e.kind() == MlflowFailure.Kind.NOT_MLFLOW) {
      return new MillraceException(
          ErrorCategory.DEFINITION,
          text + "; is this the address of an MLflow 3 server, and not of a proxy's login page?",
          e);
    }

    return new MillraceException(ErrorCategory.INTERNAL, text, e);
  }
}
