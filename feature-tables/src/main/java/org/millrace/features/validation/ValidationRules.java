package org.millrace.features.validation;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.millrace.contracts.definition.EmptyDays;
import org.millrace.contracts.definition.FeatureViewDefinition;

/**
 * What rows have to keep: a DQDL ruleset, and what always holds for the rows of a feature view (see
 * {@link ValidateRows}).
 *
 * @param source file of the ruleset, for messages
 * @param dqdl its text: {@code Rules = [ ... ]}
 * @param keys columns that must not be null
 * @param times TIMESTAMP columns that must not be null
 * @param tie column that tells rows of equal keys and times apart; empty where they are unique
 * @param features columns; those of a floating-point type must not be NaN
 * @param nanAllowed features that may be NaN
 * @param emptyDays whether there may be no row at all
 * @param duplicates whether rows may agree in keys, times and tie
 */
public record ValidationRules(
    String source,
    String dqdl,
    List<String> keys,
    List<String> times,
    Optional<String> tie,
    List<String> features,
    Set<String> nanAllowed,
    EmptyDays emptyDays,
    Duplicates duplicates) {
  /** Whether rows may agree in all that tells them apart, as events do that are only counted. */
  public enum Duplicates {
    REFUSED,
    ALLOWED
  }

  /** Copies the lists. */
  public ValidationRules {
    requireNonNull(source, "source is null");
    requireNonNull(dqdl, "dqdl is null");
    requireNonNull(tie, "tie is null");
    requireNonNull(emptyDays, "emptyDays is null");
    requireNonNull(duplicates, "duplicates is null");
    keys = List.copyOf(keys);
    times = List.copyOf(times);
    features = List.copyOf(features);
    nanAllowed = Set.copyOf(nanAllowed);
  }

  /** Rules that refuse duplicates. */
  public ValidationRules(
      String source,
      String dqdl,
      List<String> keys,
      List<String> times,
      Optional<String> tie,
      List<String> features,
      Set<String> nanAllowed,
      EmptyDays emptyDays) {
    this(source, dqdl, keys, times, tie, features, nanAllowed, emptyDays, Duplicates.REFUSED);
  }

  /**
   * The rules of a feature view; NaN is allowed nowhere. Events that nothing names may be equal:
   * two flights land in one minute.
   *
   * @param dqdl text of the file that the definition names
   */
  public static ValidationRules of(FeatureViewDefinition view, String dqdl) {
    return new ValidationRules(
        view.validation(),
        dqdl,
        List.copyOf(view.keys().keySet()),
        List.of("event_timestamp", "known_at"),
        view.tie(),
        List.copyOf(view.features().keySet()),
        Set.of(),
        view.emptyDays(),
        view.isWindowed() && view.tie().isEmpty() ? Duplicates.ALLOWED : Duplicates.REFUSED);
  }

  /** The same rules, where some features may be NaN. */
  public ValidationRules allowingNan(Set<String> features) {
    return new ValidationRules(
        source, dqdl, keys, times, tie, this.features, features, emptyDays, duplicates);
  }

  /** The columns by which a row is unique: keys, times, tie. */
  List<String> identity() {
    List<String> columns = new ArrayList<>(keys);
    columns.addAll(times);
    tie.ifPresent(columns::add);
    return columns;
  }
}
