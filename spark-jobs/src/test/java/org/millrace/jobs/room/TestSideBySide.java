package org.millrace.jobs.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;

/** On one core all is done in the caller's thread. */
@Timeout(60)
class TestSideBySide {
  private static final InheritableThreadLocal<String> NAMED = new InheritableThreadLocal<>();

  static boolean hasTwoCores() {
    return Runtime.getRuntime().availableProcessors() >= 2;
  }

  @Test
  void answersAreInTheOrderOfTheParts() {
    List<Integer> parts = IntStream.range(0, 200).boxed().toList();

    assertThat(SideBySide.map(parts, part -> part * 2))
        .isEqualTo(parts.stream().map(part -> part * 2).toList());
    assertThat(SideBySide.map(List.<Integer>of(), part -> part)).isEmpty();
  }

  @Test
  @EnabledIf("hasTwoCores")
  void twoPartsAreAtWorkAtOnceWithWhatTheCallersThreadHandsDown() {
    CyclicBarrier both = new CyclicBarrier(2);
    for (String name : List.of("first call", "second call")) {
      NAMED.set(name);
      assertThat(
              SideBySide.map(
                  List.of(1, 2),
                  part -> {
                    await(both);
                    return NAMED.get();
                  }))
          .containsOnly(name);
    }
  }

  @Test
  @EnabledIf("hasTwoCores")
  void aFailureIsThrownAsItIsWhenNoPartIsAtWorkAnyMore() {
    CountDownLatch failed = new CountDownLatch(1);
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger ended = new AtomicInteger();
    List<Integer> parts = IntStream.range(0, 500).boxed().toList();

    assertThatThrownBy(
            () ->
                SideBySide.map(
                    parts,
                    part -> {
                      begun.incrementAndGet();
                      try {
                        if (part == 1) {
                          failed.countDown();
                          TestSideBySide.<RuntimeException>sneaky(new IOException("of part 1"));
                        }

                        failed.await();
                        TimeUnit.MILLISECONDS.sleep(200);
                        return part;
                      } catch (InterruptedException e) {
                        throw new IllegalStateException("a part must not be interrupted", e);
                      } finally {
                        ended.incrementAndGet();
                      }
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("of part 1");
    assertThat(ended).hasValue(begun.get());
    assertThat(begun).hasValueLessThan(20); // part 0 was at work for long after it
  }

  @Test
  @EnabledIf("hasTwoCores")
  void theFirstPartsFailureIsThrownWithTheOthers() {
    CyclicBarrier both = new CyclicBarrier(2);

    assertThatThrownBy(
            () ->
                SideBySide.map(
                    List.of("a", "b"),
                    part -> {
                      await(both);
                      throw new IllegalStateException(part);
                    }))
        .hasMessage("a")
        .satisfies(
            failure ->
                assertThat(failure.getSuppressed())
                    .extracting(Throwable::getMessage)
                    .containsExactly("b"));
  }

  private static void await(CyclicBarrier both) {
    try {
      both.await();
    } catch (Exception e) { // both are checked, and neither may happen
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void sneaky(Throwable failure) throws E {
    throw (E) failure;
  }
}
