package org.millrace.planning;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Digest;
import org.millrace.contracts.Partition;
import org.millrace.contracts.definition.ViewReading;

/**
 * What a partition is made from: words of definitions and the partitions that are read, in order.
 * Its fingerprint is that of all of it: the same one means the same content.
 *
 * @param definitions what the words stand for, as a noun phrase for sentences: {@code the
 *     definition of view origin_weather}
 * @param parts in the order of the fingerprint
 */
public record Recipe(String definitions, List<Part> parts) {
  /** Copies the parts. */
  public Recipe {
    requireNonNull(definitions, "definitions is null");
    parts = List.copyOf(parts);
  }

  /** One thing that counts. */
  public sealed interface Part {}

  /**
   * A word of a definition, or its hash.
   *
   * @param word as it counts
   */
  public record Word(String word) implements Part {}

  /**
   * Days of an object that are read; of an object without days, the whole.
   *
   * @param object the table
   * @param days all of them must be there, but for those before its first one
   * @param reading which columns of a view; empty for all, and where it is no view
   */
  public record Days(String object, DayRange days, Optional<ViewReading> reading) implements Part {
    /** All columns. */
    public Days(String object, DayRange days) {
      this(object, days, Optional.empty());
    }
  }

  /**
   * One partition that must be there.
   *
   * @param object the table or model
   * @param partition that is read
   * @param madeBy the command that makes it, for messages
   */
  public record Entry(String object, Partition partition, String madeBy) implements Part {}

  /**
   * Another recipe, whose fingerprint counts as one word.
   *
   * @param recipe of it
   */
  public record Nested(Recipe recipe) implements Part {}

  /**
   * The fingerprint.
   *
   * @param ofDays that of days that are read
   * @param ofEntry that of a partition
   */
  public String fingerprint(Function<Days, String> ofDays, Function<Entry, String> ofEntry) {
    return fingerprint(ofDays, ofEntry, nested -> nested.fingerprint(ofDays, ofEntry));
  }

  /**
   * The fingerprint, where those of nested recipes may be known already.
   *
   * @param ofNested that of a nested recipe
   */
  public String fingerprint(
      Function<Days, String> ofDays,
      Function<Entry, String> ofEntry,
      Function<Recipe, String> ofNested) {
    String[] words = new String[parts.size()];
    for (int i = 0; i < words.length; i++) {
      words[i] = word(parts.get(i), ofDays, ofEntry, ofNested);
    }

    return Digest.sha256(words);
  }

  private static String word(
      Part part,
      Function<Days, String> ofDays,
      Function<Entry, String> ofEntry,
      Function<Recipe, String> ofNested) {
    if (part instanceof Word word) {
      return word.word();
    }

    if (part instanceof Days days) {
      return ofDays.apply(days);
    }

    return part instanceof Nested nested
        ? ofNested.apply(nested.recipe())
        : ofEntry.apply((Entry) part);
  }

  /** The fingerprint of what is read alone, whatever is made of it. */
  public String inputsFingerprint(Function<Days, String> ofDays, Function<Entry, String> ofEntry) {
    return new Recipe(definitions, reads()).fingerprint(ofDays, ofEntry);
  }

  /** All that is read, that of nested recipes too. */
  public List<Part> reads() {
    return parts.stream()
        .flatMap(
            part ->
                part instanceof Nested nested
                    ? nested.recipe().reads().stream()
                    : Stream.of(part).filter(read -> !(read instanceof Word)))
        .toList();
  }

  /** The object that a part of {@link #reads} is of. */
  static String object(Part read) {
    return read instanceof Entry entry ? entry.object() : ((Days) read).object();
  }

  /** Whether a part of {@link #reads} reads a partition of its object. */
  static boolean isRead(Part read, Partition partition) {
    if (read instanceof Entry entry) {
      return entry.partition().equals(partition);
    }

    return partition instanceof Partition.Day day
        ? ((Days) read).days().contains(day.date())
        : partition.equals(Partition.whole());
  }

  /** Collects the parts of a recipe. */
  static final class Builder {
    private final String definitions;
    private final List<Part> parts = new ArrayList<>();

    Builder(String definitions) {
      this.definitions = definitions;
    }

    Builder word(String word) {
      parts.add(new Word(word));
      return this;
    }

    Builder days(String object, DayRange days) {
      return days(object, days, Optional.empty());
    }

    Builder days(String object, DayRange days, Optional<ViewReading> reading) {
      parts.add(new Days(object, days, reading));
      return this;
    }

    Builder entry(String object, Partition partition, String madeBy) {
      parts.add(new Entry(object, partition, madeBy));
      return this;
    }

    Builder nested(Recipe recipe) {
      parts.add(new Nested(recipe));
      return this;
    }

    Recipe build() {
      return new Recipe(definitions, parts);
    }
  }
}
