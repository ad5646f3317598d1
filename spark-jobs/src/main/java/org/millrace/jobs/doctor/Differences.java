package org.millrace.jobs.doctor;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.millrace.contracts.Claim;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Partition;
import org.millrace.features.lease.Leases.Held;
import org.millrace.jobs.doctor.Finding.Kind;

/** Collects differences of an object's partitions; equal ones become one finding. */
final class Differences {
  private record Same(Kind kind, String text, String runKey, String otherwise) {}

  private final String object;
  private final List<Held> leases;
  private final Map<Same, TreeSet<Partition>> partitions = new LinkedHashMap<>();

  /**
   * Starts with none.
   *
   * @param leases held while the object is examined
   */
  Differences(String object, List<Held> leases) {
    this.object = requireNonNull(object, "object is null");
    this.leases = List.copyOf(leases);
  }

  /**
   * Adds one.
   *
   * @param runKey of the run that made the partition, for the remedy
   * @param otherwise another remedy; empty for none
   */
  void add(Kind kind, Partition partition, String text, String runKey, String otherwise) {
    Same same =
        leases.stream()
            .filter(held -> !held.isOver() && isOf(held, partition))
            .findFirst()
            .map(held -> new Same(Kind.AT_WORK, "is being written by " + held.holder(), "", ""))
            .orElseGet(() -> new Same(kind, text, runKey, otherwise));
    partitions.computeIfAbsent(same, key -> new TreeSet<>()).add(partition);
  }

  private boolean isOf(Held held, Partition partition) {
    Claim claim =
        partition instanceof Partition.Day day
            ? new Claim(object, DayRange.of(day.date()))
            : Claim.whole(object);
    return held.claims().stream().anyMatch(claim::overlaps);
  }

  /** The findings, in the order in which they were met. */
  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    partitions.forEach(
        (same, of) ->
            findings.add(
                new Finding(same.kind(), object, text(of), same.text(), remedy(same, of))));
    return findings;
  }

  private static String remedy(Same same, Set<Partition> of) {
    if (same.kind() == Kind.AT_WORK) {
      return "";
    }

    return Remedy.makeAgain(same.runKey(), days(of))
        + (same.otherwise().isEmpty() ? "" : ", or " + same.otherwise());
  }

  private static List<DayRange> days(Set<Partition> partitions) {
    TreeSet<LocalDate> days = new TreeSet<>();
    partitions.forEach(
        partition -> {
          if (partition instanceof Partition.Day day) {
            days.add(day.date());
          }
        });
    return DayRange.covering(days);
  }

  /** Ranges of days, then what is no day; empty for the whole of an object. */
  static String text(Set<Partition> partitions) {
    List<String> texts = new ArrayList<>();
    days(partitions).forEach(range -> texts.add(range.toString()));
    partitions.stream()
        .filter(Partition.Hour.class::isInstance)
        .forEach(hour -> texts.add(hour.text()));
    return texts.stream().collect(joining(", "));
  }
}
