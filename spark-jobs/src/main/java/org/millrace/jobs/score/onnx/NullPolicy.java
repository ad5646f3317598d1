package org.millrace.jobs.score.onnx;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import org.millrace.contracts.definition.ScoringDefinition;

/**
 * What a missing value of one feature column becomes; null, and NaN, are missing. Always counted.
 * Travels to executors inside the closure.
 *
 * @param kind of treatment
 * @param number what VALUE hands to the model in a column of numbers
 * @param text what VALUE hands to the model in a column of texts
 */
public record NullPolicy(Kind kind, double number, String text) implements Serializable {
  /** Treatments. */
  public enum Kind {
    /**
     * A number becomes NaN. A model input of integers, booleans or texts knows no missing value:
     * there a null is rejected.
     */
    NAN,
    /** Becomes a declared value. */
    VALUE,
    /** Fails the reading with category DATA_CONTRACT. */
    REJECT
  }

  /** Refuses absent parts. */
  public NullPolicy {
    requireNonNull(kind, "kind is null");
    requireNonNull(text, "text is null");
  }

  /** Numbers become NaN, all else is rejected. */
  public static NullPolicy nan() {
    return new NullPolicy(Kind.NAN, Double.NaN, "");
  }

  /** Missing numbers become this one. */
  public static NullPolicy value(double number) {
    return new NullPolicy(Kind.VALUE, number, "");
  }

  /** Missing texts become this one. */
  public static NullPolicy value(String text) {
    return new NullPolicy(Kind.VALUE, Double.NaN, text);
  }

  /** Missing values fail the reading. */
  public static NullPolicy reject() {
    return new NullPolicy(Kind.REJECT, Double.NaN, "");
  }

  static NullPolicy of(ScoringDefinition.Nulls nulls) {
    return nulls == ScoringDefinition.Nulls.REJECT ? reject() : nan();
  }

  boolean rejects() {
    return kind == Kind.REJECT;
  }

  /** For element types that know no missing value. */
  boolean rejectsWithoutNan() {
    return kind != Kind.VALUE;
  }
}
