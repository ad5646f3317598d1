package org.millrace.contracts.registry;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row with the score that a version gave it when it was exported.
 *
 * @param inputs values in the order of the model's inputs: Double, Long or String, or a list of
 *     them for an input that is a matrix; null and NaN are different values
 * @param score as the exported file gave it; of several classes that of the most probable one
 * @param probabilities of several classes all of them, in order; empty for one number a row
 */
public record GoldenRow(
    List<@Nullable Object> inputs,
    double score,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Double> probabilities) {
  /** Copies the list. */
  public GoldenRow {
    inputs =
        Collections.unmodifiableList(new ArrayList<>(requireNonNull(inputs, "inputs is null")));
    // most rows have one number
    probabilities = probabilities == null ? List.of() : List.copyOf(probabilities);
  }

  /** A row with one number. */
  public GoldenRow(List<@Nullable Object> inputs, double score) {
    this(inputs, score, List.of());
  }

  /** A row with a probability for each class. */
  public static GoldenRow ofClasses(List<@Nullable Object> inputs, List<Double> probabilities) {
    return new GoldenRow(inputs, Collections.max(probabilities), probabilities);
  }

  /** All numbers that the version gave: one, or one for each class. */
  public List<Double> scores() {
    return probabilities.isEmpty() ? List.of(score) : probabilities;
  }

  /** The same values, each of its input's type; JSON tells whole numbers and NaN in other ways. */
  GoldenRow typed(List<ModelContract.Input> columns) {
    if (columns.size() != inputs.size()) {
      throw new IllegalArgumentException(
          "a golden row has " + inputs.size() + " values vs " + columns.size() + " inputs");
    }

    List<@Nullable Object> typed = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      typed.add(typed(columns.get(i), inputs.get(i)));
    }

    return new GoldenRow(typed, score, probabilities);
  }

  private static @Nullable Object typed(ModelContract.Input input, @Nullable Object value) {
    if (value == null) {
      return null;
    }

    return input.matrix().isEmpty() ? single(input, value) : listed(input, value);
  }

  private static List<@Nullable Object> listed(ModelContract.Input input, Object value) {
    if (!(value instanceof List<?> list) || list.size() != input.matrix().size()) {
      throw new IllegalArgumentException(
          "a golden row has %s for %s vs a list of %d"
              .formatted(value, input.name(), input.matrix().size()));
    }

    List<@Nullable Object> typed = new ArrayList<>();
    list.forEach(element -> typed.add(element == null ? null : single(input, element)));
    return Collections.unmodifiableList(typed);
  }

  private static Object single(ModelContract.Input input, Object value) {
    if (input.kind() == ModelContract.Kind.NUMERIC) {
      return number(input, value);
    }

    if (value instanceof String) {
      return value;
    }

    throw new IllegalArgumentException(
        "a golden row has " + value + " for the text " + input.name());
  }

  private static Object number(ModelContract.Input input, Object value) {
    if (value instanceof Number number) {
      return input.hasWholeNumbers() ? (Object) number.longValue() : (Object) number.doubleValue();
    }

    return switch (value.toString()) {
      case "NaN", "Infinity", "-Infinity" -> Double.valueOf(value.toString());
      default ->
          throw new IllegalArgumentException(
              "a golden row has '" + value + "' for the number " + input.name());
    };
  }
}
