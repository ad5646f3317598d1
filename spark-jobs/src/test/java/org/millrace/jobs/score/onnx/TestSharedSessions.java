package org.millrace.jobs.score.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

class TestSharedSessions {
  private static final Duration IDLE = Duration.ofSeconds(60);

  private final AtomicLong nanos = new AtomicLong();
  private final SharedSessions sessions = new SharedSessions("0@1", IDLE, nanos::get);
  private final OnnxModel model =
      OnnxModel.of("matrix", "1", TestModels.matrix(false, 0.5f, -0.5f));
  private final long openBefore = NativeHandles.SESSIONS.open();

  @AfterEach
  void everySessionIsClosedInTheEnd() {
    sessions.end(Duration.ofSeconds(5));
    assertThat(NativeHandles.SESSIONS.open()).isEqualTo(openBefore);
  }

  @Test
  void opensOneSessionForTasksThatStartAtTheSameMoment() throws Exception {
    int tasks = 16;
    CyclicBarrier start = new CyclicBarrier(tasks);
    ExecutorService threads = Executors.newFixedThreadPool(tasks);
    Set<String> used = new HashSet<>();
    try {
      Callable<String> task =
          () -> {
            start.await(10, TimeUnit.SECONDS);
            try (SharedSessions.Lease lease = sessions.lease(model)) {
              return lease.session().id();
            }
          };
      List<Future<String>> running = new ArrayList<>();
      for (int i = 0; i < tasks; i++) {
        running.add(threads.submit(task));
      }

      for (Future<String> future : running) {
        used.add(future.get(30, TimeUnit.SECONDS));
      }
    } finally {
      threads.shutdown();
    }

    assertThat(used).containsExactly("0@1#1");
    assertThat(sessions.opened()).isEqualTo(1);
  }

  @Test
  void keepsAnUnusedSessionForTheIdleTimeAndNeverClosesALeasedOne() {
    SharedSessions.Lease first = sessions.lease(model);
    nanos.addAndGet(IDLE.toNanos() * 2);
    assertThat(sessions.closeIdle()).isZero();

    first.close();
    first.close(); // a second time must not give back somebody else's lease
    nanos.addAndGet(IDLE.toNanos() - 1);
    assertThat(sessions.closeIdle()).isZero();
    try (SharedSessions.Lease again = sessions.lease(model)) {
      assertThat(again.session()).isSameAs(first.session());
    }

    nanos.addAndGet(IDLE.toNanos());
    assertThat(sessions.closeIdle()).isEqualTo(1);
    assertThat(NativeHandles.SESSIONS.open()).isEqualTo(openBefore);
    try (SharedSessions.Lease reopened = sessions.lease(model)) {
      assertThat(reopened.session().id()).isEqualTo("0@1#2");
    }
  }

  @Test
  void keepsModelsApart() {
    OnnxModel other = OnnxModel.of("matrix", "2", TestModels.matrix(true, 0.5f, -0.5f));
    try (SharedSessions.Lease one = sessions.lease(model);
        SharedSessions.Lease two = sessions.lease(other)) {
      assertThat(one.session()).isNotSameAs(two.session());
    }

    assertThat(sessions.opened()).isEqualTo(2);
  }

  @Test
  void refusesBytesThatChangedOnTheWayAndTriesAgainNextTime() {
    OnnxModel changed =
        OnnxModel.of("matrix", "1", model.sha256(), TestModels.matrix(false, 0.5f, -0.6f));

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> sessions.lease(changed))
          .isInstanceOf(MillraceException.class)
          .hasMessageStartingWith("Cannot open model matrix version 1: the SHA-256 of its ")
          .hasMessageEndingWith(" vs " + model.sha256() + " as registered; fetch the model again")
          .extracting(thrown -> ((MillraceException) thrown).category())
          .isEqualTo(ErrorCategory.DATA_CONTRACT);
    }

    try (SharedSessions.Lease lease = sessions.lease(model)) {
      assertThat(lease.session().<Long>call(session -> session.getNumInputs())).isEqualTo(1);
    }

    nanos.addAndGet(IDLE.toNanos());
    assertThat(sessions.closeIdle()).isEqualTo(1);
  }

  @Test
  void waitsForARunningCallBeforeItCloses() throws Exception {
    SharedSessions.Lease lease = sessions.lease(model);
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicBoolean finished = new AtomicBoolean();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<?> call =
          thread.submit(
              () ->
                  lease
                      .session()
                      .call(
                          session -> {
                            inside.countDown();
                            await(goOn);
                            finished.set(true);
                            return session.getNumInputs();
                          }));
      assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(lease.session().close(Duration.ofMillis(50))).isFalse();
      goOn.countDown();
      assertThat(lease.session().close(Duration.ofSeconds(10))).isTrue();
      assertThat(finished).isTrue();
      call.get(10, TimeUnit.SECONDS);
    } finally {
      thread.shutdown();
    }
  }

  @Test
  void refusesWorkOnceTheJvmEnds() {
    SharedSessions.Lease lease = sessions.lease(model);

    sessions.end(Duration.ofSeconds(5));

    assertThatThrownBy(() -> lease.session().call(session -> session.getNumInputs()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "Cannot score with model matrix version 1: its session is closed, the JVM is ending");
    assertThatThrownBy(() -> sessions.lease(model))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Cannot open a model: the JVM 0@1 is ending");
    lease.session().releaseIfOpen(() -> assertThat(false).as("released after the end").isTrue());
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
