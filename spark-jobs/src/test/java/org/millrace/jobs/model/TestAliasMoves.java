package org.millrace.jobs.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.testing.ScoringHouse;

/** Rows about an alias that several programs write. */
@Tag("slow")
final class TestAliasMoves {
  @TempDir Path directory;

  private ScoringHouse house;

  @BeforeEach
  void openHouse() {
    house = new ScoringHouse(directory);
  }

  private AliasMoves moves() {
    JobContext context = house.context();
    return new AliasMoves(
        context, ScoringHouse.key("score", ScoringHouse.day(1)), context.pipeline().scoring());
  }

  private List<AliasMove> history() {
    JobContext context = house.context();
    return AliasHistory.read(context.lake().logs(), context.pipeline().scoring()).moves();
  }

  @Test
  void twoProgramsThatFindOneMoveRecordItOnce() throws Exception {
    moves().noticeOutsideMove(Optional.of("1"));
    house.champion("2");
    CyclicBarrier together = new CyclicBarrier(2);
    Callable<Boolean> finder =
        () -> {
          AliasMoves own = moves();
          together.await();
          own.noticeOutsideMove(Optional.of("2"));
          return true;
        };

    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (Future<Boolean> found : threads.invokeAll(List.of(finder, finder))) {
        assertThat(found.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(history()).extracting(AliasMove::number).containsExactly(1L, 2L);
    assertThat(history())
        .extracting(AliasMove::to)
        .containsExactly(Optional.of("1"), Optional.of("2"));
  }
}
