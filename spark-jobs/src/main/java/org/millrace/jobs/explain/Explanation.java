package org.millrace.jobs.explain;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a published prediction is what it is, as its JSON file has it. A key may come in a later
 * release, and none goes or changes its meaning while {@code schema} is the same.
 *
 * @param schema version of the form
 * @param pipeline its name
 * @param key the columns that name the row
 * @param day the spine's day
 * @param asOf when the row asks
 * @param score what readers see
 * @param scoreNow what the version gives for the same inputs now; equal, unless someone changed
 *     something
 * @param model the version that scored
 * @param verdict the newest word of the gate on it; absent if this lake's gate never judged it
 * @param run what made the row
 * @param trees how contributions add up; absent if the model has no trees that are covered
 * @param inputs by falling size of their contributions, or in the model's order without them
 * @param facts where the inputs come from, by view
 * @param notes what a reader should know besides
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record Explanation(
    int schema,
    String pipeline,
    Map<String, @Nullable String> key,
    String day,
    String asOf,
    double score,
    double scoreNow,
    Model model,
    Optional<Verdict> verdict,
    Run run,
    Optional<Trees> trees,
    List<Input> inputs,
    List<Facts> facts,
    List<String> notes) {
  static final int SCHEMA = 1;

  /** Copies the collections. */
  Explanation {
    requireNonNull(model, "model is null");
    requireNonNull(run, "run is null");
    key = Collections.unmodifiableMap(new LinkedHashMap<>(key));
    inputs = List.copyOf(inputs);
    facts = List.copyOf(facts);
    notes = List.copyOf(notes);
  }

  /** A version of a model. */
  record Model(String name, String version, String sha256, String registry) {}

  /** A word of the gate. */
  record Verdict(long number, String verdict, List<String> reasons) {}

  /**
   * What made the row.
   *
   * @param definitions hash under which the lake keeps those that it was made by
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Run(String runKey, String fingerprint, String scoredAt, String definitions) {}

  /**
   * The sum of contributions.
   *
   * @param base raw score that is expected of a row of which nothing is known
   * @param rawScore base and all contributions; what the model's last step makes a score of
   * @param background training set, {@code table@version}, whose rows tell what is expected
   * @param backgroundRows how many
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Trees(double base, double rawScore, String background, long backgroundRows) {}

  /**
   * An input of the model.
   *
   * @param column of the joined rows
   * @param value as text; absent if it is missing, and the model imputes
   * @param contribution to the raw score; absent without trees
   * @param view it comes from; absent for the spine
   */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  record Input(
      String column,
      Optional<String> value,
      Optional<Double> contribution,
      Optional<String> view) {}

  /**
   * Facts behind the inputs of a view, or of the spine.
   *
   * @param view its name; {@code spine}
   * @param table at the version that was read
   * @param count how many; absent for the spine
   */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Facts(
      String view,
      String table,
      Optional<Long> count,
      Optional<String> oldest,
      Optional<String> newest,
      Optional<String> knownAt) {}
}
