package org.millrace.features.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.features.lake.DayTable.note;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two drivers, each a process of its own, on one table. */
@Tag("slow")
final class TestTwoProcesses {
  @TempDir Path folder;
  @TempDir Path signals;
  private DayTable table;

  @BeforeEach
  void open() {
    table = new DayTable(folder.toString());
  }

  @Test
  void oneCreatesTheTableAndNoAppendIsLost() throws Exception {
    List<String> ends;
    try (OtherJvm other = second("race")) {
      OtherJvm.await(signals.resolve("ready"));
      Pause.release(signals);
      String end = SecondProcess.race(table, 0);
      List<String> lines = other.lines();
      ends = List.of(end, lines.get(lines.size() - 1));
    }

    assertThat(ends).containsExactlyInAnyOrder("won", "lost");
    int winner = ends.get(0).equals("won") ? 0 : 1000;
    assertThat(table.content())
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(
                    Stream.of(winner),
                    Stream.of(0, 1000)
                        .flatMap(
                            first ->
                                IntStream.rangeClosed(1, SecondProcess.APPENDS)
                                    .mapToObj(i -> first + i)))
                .map(number -> "1:" + number)
                .toList());
    assertThat(table.log().newest()).hasValue(2 * SecondProcess.APPENDS);
    assertThat(
            LongStream.rangeClosed(0, 2 * SecondProcess.APPENDS)
                .mapToObj(version -> table.log().note(version))
                .map(Optional::orElseThrow))
        .doesNotHaveDuplicates();
  }

  @Test
  void holderThatWasPausedWhileItsLeaseWasTakenOverPublishesNothing() throws Exception {
    table.writer().append(table.rows(1, 1), note("before"));
    try (OtherJvm other = second("pause")) {
      Pause.awaitPaused(signals);
      table.writer().takeFence(new Fence(Map.of(TestFence.LEASE, 6L)), note("taken over"));
      Pause.release(signals);
      List<String> lines = other.lines();
      assertThat(lines.get(lines.size() - 1))
          .startsWith("BUSY Cannot write features.numbers for 2013-01-01")
          .contains(TestFence.LEASE);
    }

    assertThat(table.content()).containsExactly("1:1");
  }

  private OtherJvm second(String what) throws Exception {
    return OtherJvm.start(
        signals.resolve("output.txt"),
        SecondProcess.class,
        what,
        folder.toString(),
        signals.toString());
  }
}
