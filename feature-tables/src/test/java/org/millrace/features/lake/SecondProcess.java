package org.millrace.features.lake;

import static org.millrace.features.lake.DayTable.note;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.MillraceException;

/** What a second driver does to a table; its last line of output says how it ended. */
final class SecondProcess {
  static final int APPENDS = 20;

  private SecondProcess() {}

  /** Arguments: {@code race} or {@code pause}, the lake, and a folder of signals. */
  public static void main(String[] arguments) throws Exception {
    DayTable table = new DayTable(arguments[1]);
    Path signals = Path.of(arguments[2]);
    if (arguments[0].equals("race")) {
      Files.createFile(signals.resolve("ready"));
      OtherJvm.await(signals.resolve("go"));
      System.out.println(race(table, 1000));
    } else {
      System.out.println(pause(table, signals));
    }
  }

  /** Creates the table and appends rows with numbers from {@code first}; who created it. */
  static String race(DayTable table, int first) {
    String end = "won";
    try {
      table.writer().appendAt(table.rows(1, first), -1, note("first " + first));
    } catch (LostRaceException e) {
      end = "lost";
    }

    for (int i = 1; i <= APPENDS; i++) {
      table.writer().append(table.rows(1, first + i), note("append " + (first + i)));
    }

    return end;
  }

  /** Writes the first day as holder of number 5, pausing in the middle; how it ended. */
  static String pause(DayTable table, Path signals) {
    try {
      table
          .writer()
          .fencedBy(new Fence(Map.of(TestFence.LEASE, 5L)))
          .replaceDays(
              Pause.rows(table.spark(), table.rows(1, 55), signals),
              DayRange.of(DayTable.day(1)),
              note("paused"));
      return "done";
    } catch (MillraceException e) {
      return e.category() + " " + e.getMessage();
    }
  }
}
