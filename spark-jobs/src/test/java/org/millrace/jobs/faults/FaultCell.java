package org.millrace.jobs.faults;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.millrace.contracts.ArmedFault;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Outcome;

/**
 * A fault in one situation: the program ends at the point, the lake is checked; the same command
 * again, and the lake must be whole and equal to an undisturbed one.
 *
 * @param situation what is done when the program ends
 * @param fault {@code POINT:object#nth}
 * @param way how the program ends
 */
record FaultCell(Situation situation, String fault, Way way) {
  private static final Map<Situation, Map<String, List<String>>> UNDISTURBED =
      new ConcurrentHashMap<>();

  /** What is done. */
  enum Situation {
    /** A new day, for the first time. */
    FIRST_RUN(FaultRooms.day(FaultBase.NEW)),
    /** The same, and the same command ends at the same point again. */
    TWICE(FaultRooms.day(FaultBase.NEW)),
    /** A published day with another definition, which is taken back afterwards. */
    TAKEN_BACK(FaultRooms.day(FaultBase.DONE)),
    /** The same; a second program gives the same command, is refused, and then takes it over. */
    TWO_AT_ONCE(FaultRooms.day(FaultBase.NEW)),
    /** An older day, before one that is published. */
    BACKFILL("score/2013-01-03/2013-01-03", "publish/2013-01-03/2013-01-03"),
    /** A day that was published twice, by two champions. */
    UNPUBLISH("unpublish/" + FaultBase.DONE + "/" + FaultBase.DONE),
    /** A new day, with another type of a column: the days before are rewritten with it. */
    RETYPE(FaultRooms.day(FaultBase.NEW)),
    /** The same of a column of a source. */
    RETYPE_SOURCE(FaultRooms.day(FaultBase.NEW)),
    /** A better candidate. */
    GATE("gate/2013-01-01/2013-01-03"),
    /** The training set, with another definition before. */
    TRAINING_SET(
        "ingest/2013-01-01/2013-01-04",
        "materialize/2013-01-01/2013-01-04",
        "validate/2013-01-01/2013-01-04",
        "training-set/2013-01-01/2013-01-03"),
    /** All that is due, of a day of which nothing is done. */
    CATCH_UP("run/" + FaultBase.DONE + "/" + FaultBase.NEW + "/catch-up"),
    /** A published day's features once more, and what reads them. */
    RESTATE("backfill/" + FaultBase.DONE + "/" + FaultBase.DONE + "/restate=features.e");

    private final String steps;

    Situation(String... steps) {
      this.steps = String.join(" ", steps);
    }

    String[] steps() {
      return steps.split(" ", -1);
    }

    /** What finds nothing to do afterwards: to make again is done as often as it is asked for. */
    private String[] onceMore() {
      return this == RESTATE ? new String[] {steps.replaceFirst("/restate=.*", "")} : steps();
    }

    /** A pipeline says how its rooms end, so only the end of its process ends it. */
    boolean isOfAPipeline() {
      return FaultRooms.isPipeline(steps()[0]);
    }
  }

  /** How a program ends. */
  enum Way {
    /** An error that nothing catches: leases are given back on the way. */
    ERROR,
    /** A process halts. */
    HALT
  }

  /** Tries it; what went wrong, empty if nothing did. */
  List<String> problems(FaultBase base) {
    FaultLake lake = base.copy(name());
    prepare(base, lake);
    List<String> problems = new ArrayList<>();
    if (situation == Situation.TWO_AT_ONCE) {
      problems.addAll(new TwoAtOnce(lake, fault, way, List.of(situation.steps())).problems());
      lake.check().problems().forEach(problem -> problems.add("after both: " + problem));
    } else {
      for (int time = 0; time < (situation == Situation.TWICE ? 2 : 1); time++) {
        if (!isEnded(lake)) {
          problems.add("the fault was not reached");
        }

        lake.check().problems().forEach(problem -> problems.add("after the end: " + problem));
      }
    }

    if (situation == Situation.TAKEN_BACK) {
      base.define(lake, "A");
    }

    problems.addAll(again(lake));
    if (!lake.contents().equals(undisturbed(base))) {
      problems.add("differs from a lake that was not disturbed");
    }

    return problems;
  }

  private void prepare(FaultBase base, FaultLake lake) {
    if (situation == Situation.GATE) {
      FaultRooms.candidate(lake, 2);
    } else if (situation == Situation.UNPUBLISH) {
      String done = "/" + FaultBase.DONE + "/" + FaultBase.DONE;
      FaultRooms.candidate(lake, 2);
      FaultRooms.run(lake, "gate/2013-01-01/2013-01-03", "score" + done, "publish" + done);
    } else if (situation == Situation.RETYPE) {
      base.define(lake, "C");
    } else if (situation == Situation.RETYPE_SOURCE) {
      base.define(lake, "D");
    } else if (situation == Situation.TAKEN_BACK || situation == Situation.TRAINING_SET) {
      base.define(lake, "B");
    }
  }

  private boolean isEnded(FaultLake lake) {
    // who has a lease that it was not handed yet cannot give it back while its process lives
    boolean halts = way == Way.HALT || situation.isOfAPipeline() || fault.startsWith("AFTER_LEASE");
    if (halts) {
      return FaultProgram.run(lake, fault, situation.steps()) == FaultProgram.HALTED;
    }

    return ArmedFault.halts(fault, () -> FaultRooms.run(lake, situation.steps()));
  }

  /** The same command, twice: it does what is not done, then nothing. */
  private List<String> again(FaultLake lake) {
    List<String> problems = new ArrayList<>();
    for (String step : situation.steps()) {
      JobResult result = FaultRooms.command(lake.context(), step);
      if (result.exitCode() != 0) {
        problems.add("again, " + step + ": " + result.exitCode() + ", " + result.message());
      }
    }

    for (String step : situation.onceMore()) {
      JobResult result = FaultRooms.command(lake.context(), step);
      if (result.outcome() != Outcome.NOTHING_TO_DO) {
        problems.add("once more, " + step + ": " + result.outcome() + ", " + result.message());
      }
    }

    LakeChecker.Found found = lake.check();
    found.problems().forEach(problem -> problems.add("at last: " + problem));
    found.unfinished().forEach(left -> problems.add("at last: " + left));
    if (!lake.staged().isEmpty()) {
      problems.add("at last: staged rows are left: " + lake.staged());
    }

    return problems;
  }

  private Map<String, List<String>> undisturbed(FaultBase base) {
    return UNDISTURBED.computeIfAbsent(
        situation,
        of -> {
          FaultLake lake = base.copy("undisturbed-" + of);
          if (of != Situation.TAKEN_BACK) {
            prepare(base, lake);
          }

          FaultRooms.run(lake, of.steps());
          return new TreeMap<>(lake.contents());
        });
  }

  private String name() {
    return Arrays.stream(toString().split("\\W+", 0)).reduce((a, b) -> a + "-" + b).orElseThrow();
  }
}
