package org.millrace.jobs.doctor;

import java.util.List;
import java.util.Optional;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;

/** What to type so that partitions are made again: the rooms of the run that made them. */
final class Remedy {
  private Remedy() {}

  /**
   * The commands, as a clause.
   *
   * @param runKey of the run that made the partitions, as its note or entry says it
   * @param days the days to make again; empty for a whole object
   */
  static String makeAgain(String runKey, List<DayRange> days) {
    Optional<RunKey> key = RunKey.parse(runKey);
    if (key.isEmpty()) {
      return "run the room that makes it";
    }

    String commands =
        String.join(
            "`, then `",
            rooms(key.get().room()).stream().map(room -> command(room, key.get(), days)).toList());
    boolean hasMore = days.size() > 1 && isOfItsOwnDays(key.get().room());
    return "type `" + commands + "`" + (hasMore ? ", and likewise for the other days" : "");
  }

  private static List<String> rooms(String room) {
    return switch (Verb.of(room).orElse(Verb.RUN)) {
      case VALIDATE -> List.of(Verb.MATERIALIZE.word(), room);
      case PUBLISH, UNPUBLISH -> List.of(Verb.SCORE.word(), Verb.PUBLISH.word());
      default -> List.of(room);
    };
  }

  private static String command(String room, RunKey key, List<DayRange> days) {
    DayRange range = days.isEmpty() || !isOfItsOwnDays(key.room()) ? key.days() : days.get(0);
    String dates =
        range.size() == 1
            ? " --date " + range.from()
            : " --from " + range.from() + " --to " + range.to();
    return "millrace " + room + " " + key.pipeline() + dates;
  }

  /** False if a room's partitions are not those of the days that it is asked for. */
  private static boolean isOfItsOwnDays(String room) {
    return switch (Verb.of(room).orElse(Verb.RUN)) {
      case TRAINING_SET, TRAIN, GATE, MONITOR -> false;
      default -> true;
    };
  }
}
