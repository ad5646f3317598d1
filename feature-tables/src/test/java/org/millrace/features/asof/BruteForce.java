package org.millrace.features.asof;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.definition.FeatureViewDefinition.Boundary;

/** The as-of rule, said again in plain Java: looks at every fact for every question. */
final class BruteForce {
  private static final Comparator<Fact> NEWEST =
      Comparator.comparing(Fact::requiredEvent)
          .thenComparing(Fact::requiredKnown)
          .thenComparing(Fact::tie, Comparator.nullsFirst(Comparator.naturalOrder()))
          .thenComparing(Fact::value, Comparator.nullsFirst(Comparator.naturalOrder()))
          .thenComparing(Fact::label, Comparator.nullsFirst(Comparator.naturalOrder()));
  private static final Comparator<Fact> NEWEST_WITHOUT_TIE =
      Comparator.comparing(Fact::requiredEvent)
          .thenComparing(Fact::requiredKnown)
          .thenComparing(Fact::value, Comparator.nullsFirst(Comparator.naturalOrder()))
          .thenComparing(Fact::label, Comparator.nullsFirst(Comparator.naturalOrder()));

  private BruteForce() {}

  /** Null where nothing was known. */
  static @Nullable Fact newest(Question question, Variant variant, List<Fact> facts) {
    return facts.stream()
        .filter(fact -> hasSameKeys(question, fact, variant) && counts(question, fact, variant))
        .max(variant.tie().isPresent() ? NEWEST : NEWEST_WITHOUT_TIE)
        .orElse(null);
  }

  private static boolean hasSameKeys(Question question, Fact fact, Variant variant) {
    boolean byName = variant.keys().containsKey("the name") || variant.keys().containsKey("text");
    boolean byCode =
        Stream.of("code", "num", "big").anyMatch(column -> variant.keys().containsKey(column));
    return question.group() == fact.group()
        && (!byName || isSame(question.name(), fact.name()))
        && (!byCode || isSame(question.code(), fact.code()));
  }

  private static boolean isSame(@Nullable Object a, @Nullable Object b) {
    return a != null && a.equals(b);
  }

  private static boolean counts(Question question, Fact fact, Variant variant) {
    Instant asOf = question.asOf();
    if (asOf == null || fact.event() == null || fact.known() == null) {
      return false;
    }

    Instant event = fact.requiredEvent();
    Instant visible = event.isAfter(fact.requiredKnown()) ? event : fact.requiredKnown();
    boolean isKnown =
        variant.boundary() == Boundary.INCLUSIVE ? !visible.isAfter(asOf) : visible.isBefore(asOf);
    return isKnown && variant.ttl().map(ttl -> event.isAfter(asOf.minus(ttl))).orElse(true);
  }

  /** A spine row. {@code group} keeps the cases of one batch apart: it is one more key. */
  record Question(
      int id, int group, @Nullable String name, @Nullable Integer code, @Nullable Instant asOf) {}

  /** A view's row. */
  record Fact(
      int group,
      @Nullable String name,
      @Nullable Integer code,
      @Nullable Instant event,
      @Nullable Instant known,
      @Nullable Integer tie,
      @Nullable Double value,
      @Nullable String label) {
    private Instant requiredEvent() {
      return java.util.Objects.requireNonNull(event);
    }

    private Instant requiredKnown() {
      return java.util.Objects.requireNonNull(known);
    }
  }

  /** One way to define the view. */
  record Variant(
      String name,
      Map<String, String> keys,
      Optional<Duration> ttl,
      Boundary boundary,
      Optional<String> tie) {}
}
