package org.millrace.registry.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.registry.ModelPackage;

/**
 * How named columns become one row of float32 numbers: the numeric ones first, then the categorical
 * ones, each in its order. The same record drives the trainer's own encoding and the nodes of the
 * exported graph, so the two cannot drift apart.
 *
 * @param numeric columns that are numbers
 * @param categorical columns that are texts
 */
public record FeatureEncoding(List<Numeric> numeric, List<Categorical> categorical) {
  /** The exported models' output, which no input may be called. */
  public static final String SCORE = "score";

  // The graph's own values have a slash in their names, so that no column can be taken for one
  private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** Copies the lists; refuses no inputs at all, and names that are no words or used twice. */
  public FeatureEncoding {
    numeric = List.copyOf(numeric);
    categorical = List.copyOf(categorical);
    List<String> names = new ArrayList<>(numeric.stream().map(Numeric::name).toList());
    categorical.forEach(column -> names.add(column.name()));
    Set<String> seen = new HashSet<>(Set.of(SCORE));
    List<String> refused =
        names.stream().filter(name -> !WORD.matcher(name).matches() || !seen.add(name)).toList();
    if (!refused.isEmpty() || names.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot make a model of the inputs "
              + names
              + ": at least one is needed, and names are unique words other than 'score'; change "
              + (refused.isEmpty() ? "'numeric' or 'categorical'" : refused));
    }
  }

  /**
   * A number: missing or NaN becomes {@code fill}.
   *
   * @param fill finite
   */
  public record Numeric(String name, float fill) {
    /** Refuses a fill that is no number. */
    public Numeric {
      if (!Float.isFinite(fill)) {
        throw new IllegalArgumentException("Cannot fill " + name + " with " + fill);
      }
    }
  }

  /**
   * A text: known ones become their code; a missing, empty or unknown one becomes {@code unknown}.
   *
   * @param codes finite, by text; the empty text is never among them
   */
  public record Categorical(String name, SortedMap<String, Float> codes, float unknown) {
    /** Copies the codes. */
    public Categorical {
      codes = Collections.unmodifiableSortedMap(new TreeMap<>(codes));
      if (codes.containsKey("")) {
        throw new IllegalArgumentException("Cannot encode the empty text of " + name);
      }
    }
  }

  /** Numbers in an encoded row. */
  public int width() {
    return numeric.size() + categorical.size();
  }

  /** Column names in the order of the encoded row. */
  public List<String> names() {
    return inputs().stream().map(ModelPackage.Field::name).toList();
  }

  /** The exported models' inputs, in order: one tensor a column. */
  public List<ModelPackage.Field> inputs() {
    List<ModelPackage.Field> fields = new ArrayList<>();
    numeric.forEach(column -> fields.add(new ModelPackage.Field(column.name(), "float", 1)));
    categorical.forEach(column -> fields.add(new ModelPackage.Field(column.name(), "string", 1)));
    return fields;
  }

  /** The exported models' outputs: the score. */
  public List<ModelPackage.Field> outputs() {
    return List.of(new ModelPackage.Field(SCORE, "float", 1));
  }
}
