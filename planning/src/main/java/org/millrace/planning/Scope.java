package org.millrace.planning;

import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Partition;

/** The partitions that a program may make. What is not among them stays as it is. */
@FunctionalInterface
public interface Scope {
  /** All of them. */
  Scope ALL = (object, partition) -> true;

  /** Whether a partition of an object may be made. */
  boolean includes(String object, Partition partition);

  /** Those of some objects. */
  static Scope of(Collection<String> objects) {
    Set<String> all = Set.copyOf(objects);
    return (object, partition) -> all.contains(object);
  }

  /** Exactly these. */
  static Scope only(Map<String, Set<Partition>> partitions) {
    return (object, partition) -> partitions.getOrDefault(object, Set.of()).contains(partition);
  }

  /** All but these. */
  static Scope without(Map<String, Set<Partition>> partitions) {
    Scope only = only(partitions);
    return (object, partition) -> !only.includes(object, partition);
  }

  /** Those of both. */
  default Scope and(Scope other) {
    return (object, partition) -> includes(object, partition) && other.includes(object, partition);
  }

  /** Those of either. */
  default Scope or(Scope other) {
    return (object, partition) -> includes(object, partition) || other.includes(object, partition);
  }

  /** Those of some days, in order. */
  default List<LocalDate> days(String object, DayRange asked) {
    return asked.days().stream().filter(day -> includes(object, Partition.of(day))).toList();
  }

  /** Whether it includes any of some days. */
  default boolean includesAny(String object, DayRange days) {
    return days.days().stream().map(Partition::of).anyMatch(day -> includes(object, day));
  }

  /** Whether it includes the whole of an object without days. */
  default boolean includesWhole(String object) {
    return includes(object, Partition.whole());
  }
}
