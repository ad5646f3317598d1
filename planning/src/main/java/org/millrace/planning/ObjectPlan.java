package org.millrace.planning;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Partition;
import org.millrace.contracts.Verb;
import org.millrace.contracts.ledger.LedgerEntry;

/** Collects the states of an object's partitions, and folds those alike. Not thread-safe. */
final class ObjectPlan {
  private static final int DAYS_OF_MEDIAN = 28;

  private final String object;
  private final List<Verb> verbs;
  private final Set<String> reads = new LinkedHashSet<>();
  private final NavigableMap<Partition, State> states = new TreeMap<>();

  ObjectPlan(String object, List<Verb> verbs) {
    this.object = object;
    this.verbs = verbs;
  }

  String object() {
    return object;
  }

  /** The last day that was added; empty if there is none. */
  Optional<LocalDate> lastDay() {
    return states.descendingKeySet().stream()
        .flatMap(
            partition ->
                partition instanceof Partition.Day day ? Stream.of(day.date()) : Stream.of())
        .findFirst();
  }

  void reads(String other) {
    reads.add(other);
  }

  void reads(Recipe recipe) {
    for (Recipe.Part part : recipe.reads()) {
      if (part instanceof Recipe.Days days) {
        reads.add(days.object());
      } else if (part instanceof Recipe.Entry entry) {
        reads.add(entry.object());
      }
    }
  }

  void add(Partition partition, State state) {
    states.put(partition, state);
  }

  NavigableMap<Partition, State> states() {
    return states;
  }

  /** The step, with the rows, bytes and seconds that the ledger lets expect. */
  Plan.Step step(LedgerView ledger, Pace pace) {
    Usual usual = usual(ledger);
    List<Plan.Work> work = new ArrayList<>();
    List<Partition> run = new ArrayList<>();
    List<Reason> reasons = List.of();
    Plan.Need need = Plan.Need.MAKE;
    SortedSet<LocalDate> doneDays = new TreeSet<>();
    List<String> done = new ArrayList<>();
    for (Map.Entry<Partition, State> entry : states.entrySet()) {
      if (entry.getValue() instanceof State.Done) {
        if (entry.getKey() instanceof Partition.Day day) {
          doneDays.add(day.date());
        } else {
          done.add(entry.getKey().text());
        }

        continue;
      }

      Plan.Need next = need(entry.getValue());
      List<Reason> why = reasons(entry.getValue());
      boolean goesOn = !run.isEmpty() && next == need && follows(run, entry.getKey());
      if (goesOn && areAlike(reasons, why)) {
        reasons = both(reasons, why);
      } else {
        flush(work, run, need, reasons, usual);
        reasons = why;
        need = next;
      }

      run.add(entry.getKey());
    }

    flush(work, run, need, reasons, usual);
    int doneCount = doneDays.size() + done.size();
    DayRange.covering(doneDays).forEach(range -> done.add(range.toString()));
    return new Plan.Step(
        object,
        verbs.stream().map(Verb::word).toList(),
        List.copyOf(reads),
        work,
        done,
        doneCount,
        seconds(work, pace));
  }

  private double seconds(List<Plan.Work> work, Pace pace) {
    long made =
        work.stream().filter(of -> of.need() == Plan.Need.MAKE).mapToLong(Plan.Work::count).sum();
    return made == 0 ? 0 : pace.seconds(object, made).orElse(-1);
  }

  private static void flush(
      List<Plan.Work> work,
      List<Partition> run,
      Plan.Need need,
      List<Reason> reasons,
      Usual usual) {
    int count = run.size();
    if (count > 0) {
      work.add(
          new Plan.Work(
              text(run),
              count,
              need,
              reasons,
              times(usual.rows(), count),
              times(usual.bytes(), count)));
      run.clear();
    }
  }

  private static long times(long usual, int count) {
    return usual < 0 ? -1 : usual * count;
  }

  private static String text(List<Partition> run) {
    return run.get(0) instanceof Partition.Day first
            && run.get(run.size() - 1) instanceof Partition.Day last
        ? new DayRange(first.date(), last.date()).toString()
        : run.get(0).text();
  }

  private static boolean follows(List<Partition> run, Partition next) {
    return run.get(run.size() - 1) instanceof Partition.Day last
        && next instanceof Partition.Day day
        && last.date().plusDays(1).equals(day.date());
  }

  private static boolean areAlike(List<Reason> some, List<Reason> others) {
    if (some.size() != others.size()) {
      return false;
    }

    for (int i = 0; i < some.size(); i++) {
      if (!some.get(i).isLike(others.get(i))) {
        return false;
      }
    }

    return true;
  }

  private static List<Reason> both(List<Reason> some, List<Reason> others) {
    List<Reason> both = new ArrayList<>();
    for (int i = 0; i < some.size(); i++) {
      both.add(some.get(i).with(others.get(i)));
    }

    return both;
  }

  private static Plan.Need need(State state) {
    if (state instanceof State.Blocked) {
      return Plan.Need.BLOCKED;
    }

    return state instanceof State.Unsure ? Plan.Need.COMPARE : Plan.Need.MAKE;
  }

  private static List<Reason> reasons(State state) {
    if (state instanceof State.Blocked blocked) {
      return blocked.reasons();
    }

    return state instanceof State.Unsure unsure
        ? List.of(unsure.reason())
        : ((State.Undone) state).reasons();
  }

  /** Of one partition; -1 if nothing is known. */
  private record Usual(long rows, long bytes) {}

  /** The median of the newest days, or that of the whole. */
  private Usual usual(LedgerView ledger) {
    NavigableMap<Partition, LedgerEntry> entries = ledger.partitions(object);
    LedgerEntry whole = entries.get(Partition.whole());
    List<LedgerEntry> newest =
        whole != null
            ? List.of(whole)
            : InputDays.byDay(entries).descendingMap().values().stream()
                .limit(DAYS_OF_MEDIAN)
                .toList();
    return new Usual(
        median(newest.stream().mapToLong(entry -> entry.rows().accepted())),
        median(
            newest.stream()
                .map(entry -> ledger.bytes(object, entry.partition()))
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)));
  }

  private static long median(LongStream values) {
    long[] sorted = values.sorted().toArray();
    return sorted.length == 0 ? -1 : sorted[sorted.length / 2];
  }
}
