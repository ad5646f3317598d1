package org.millrace.planning;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.millrace.contracts.DayRange;

/**
 * Why a partition is to be made, or cannot be.
 *
 * @param kind of the reason
 * @param object that the reason is about; empty for the partition's own
 * @param days of that object; empty for all of it
 * @param detail a phrase that the sentence ends with; may be empty
 */
public record Reason(
    @JsonProperty("kind") Kind kind,
    @JsonProperty("object") String object,
    @JsonProperty("days") List<DayRange> days,
    @JsonProperty("detail") String detail) {
  /** What happened, or did not. */
  public enum Kind {
    /** No run made it. */
    NEVER_MADE("was never made"),
    /** A run was cut off while it wrote it, or writes it now. */
    CUT_OFF("was being written when its run ended"),
    /** A person took it back. */
    WITHDRAWN("was taken back"),
    /** A person wants it to be made again. */
    RESTATED("is made again, as asked"),
    /** What is read is made again because a person wants it. */
    INPUT_RESTATED("is made again"),
    /** Its table says otherwise than the ledger. */
    CHANGED_OUTSIDE("was changed outside"),
    /** A definition is not the one it was made by. */
    DEFINITION_CHANGED("changed"),
    /** Another version scores now than then. */
    CHAMPION_CHANGED("another version scores now"),
    /** What was read was made anew since. */
    INPUT_CHANGED("changed after it was read"),
    /** What is read is to be made by the same plan. */
    INPUT_TO_BE_MADE("is to be made first"),
    /** What is read was never made, and is not in the plan. */
    INPUT_MISSING("was not made, and is not asked for"),
    /** What is read cannot be made. */
    INPUT_BLOCKED("cannot be made"),
    /** The files of its source were not read since they changed. */
    FILES_CHANGED("files of the source changed: the day is compared first"),
    /** The source's files yield other rows than the table has. */
    ROWS_CHANGED("rows of the source's files changed"),
    /** The source has no files. */
    NO_FILES("the source cannot be read"),
    /** No version may score. */
    NO_CHAMPION("no champion"),
    /** The version that holds the alias cannot score. */
    CHAMPION_UNUSABLE("the champion cannot score");

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  /** Copies the days. */
  public Reason {
    requireNonNull(kind, "kind is null");
    requireNonNull(object, "object is null");
    requireNonNull(detail, "detail is null");
    days = List.copyOf(days);
  }

  /** A reason of the partition itself. */
  static Reason of(Kind kind, String detail) {
    return new Reason(kind, "", List.of(), detail);
  }

  /** True if both say the same of the same object, whatever the days. */
  boolean isLike(Reason other) {
    return kind == other.kind && object.equals(other.object) && detail.equals(other.detail);
  }

  /** The same reason, of the days of both. */
  Reason with(Reason other) {
    SortedSet<LocalDate> all = new TreeSet<>();
    days.forEach(range -> all.addAll(range.days()));
    other.days.forEach(range -> all.addAll(range.days()));
    return new Reason(kind, object, DayRange.covering(all), detail);
  }

  /** One reason of each kind, object and detail, with all of its days. */
  static List<Reason> merged(List<Reason> reasons) {
    List<Reason> merged = new ArrayList<>();
    for (Reason reason : reasons) {
      int like = -1;
      for (int i = 0; i < merged.size(); i++) {
        like = merged.get(i).isLike(reason) ? i : like;
      }

      if (like < 0) {
        merged.add(reason);
      } else {
        merged.set(like, merged.get(like).with(reason));
      }
    }

    return merged;
  }

  /** {@code raw.weather of 2013-11-03 changed after it was read: v12 -> v13}. */
  @Override
  public String toString() {
    String of =
        days.stream()
            .map(
                range ->
                    range.size() == 1
                        ? range.from().toString()
                        : range.from() + " to " + range.to())
            .collect(Collectors.joining(", "));
    return (object.isEmpty() ? "" : object + (of.isEmpty() ? "" : " of " + of) + " ")
        + kind.words
        + (detail.isEmpty() ? "" : ": " + detail);
  }
}
