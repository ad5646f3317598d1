package org.millrace.contracts;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last line that a job prints on stdout, as one line of JSON: what DAGs and people parse.
 *
 * @param runKey the intent, as {@link RunKey} prints it
 * @param outcome how it ended
 * @param exitCode 0, or the category's code
 * @param category the failure's category, or null where it did not fail
 * @param message one plain sentence: what was done, or what failed and what to do next
 * @param counts named counts (rows, days, sessions); order kept
 * @param versions named versions (tables, model); order kept
 * @param values other named facts (AUC, URL, path of the report); order kept
 * @param seconds wall seconds of the job, start-up excluded
 * @param steps results of the rooms where the job ran several, else empty
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record JobResult(
    @JsonProperty("run_key") String runKey,
    @JsonProperty("outcome") Outcome outcome,
    @JsonProperty("exit_code") @JsonInclude int exitCode,
    @JsonProperty("category") @Nullable ErrorCategory category,
    @JsonProperty("message") String message,
    @JsonProperty("counts") Map<String, Long> counts,
    @JsonProperty("versions") Map<String, String> versions,
    @JsonProperty("values") Map<String, String> values,
    @JsonProperty("seconds") @JsonInclude double seconds,
    @JsonProperty("steps") List<JobResult> steps) {

  /** Copies the collections; absent ones are empty. */
  public JobResult {
    counts = ordered(counts);
    versions = ordered(versions);
    values = ordered(values);
    steps = steps == null ? List.of() : List.copyOf(steps);
  }

  private static <V> Map<String, V> ordered(@Nullable Map<String, V> map) {
    return map == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /** A job that did its work. */
  public static JobResult done(
      String runKey,
      String message,
      Map<String, Long> counts,
      Map<String, String> versions,
      double seconds) {
    return new JobResult(
        runKey, Outcome.DONE, 0, null, message, counts, versions, Map.of(), seconds, List.of());
  }

  /** A job whose run key had been finished before. */
  public static JobResult nothingToDo(String runKey, String message, double seconds) {
    return new JobResult(
        runKey,
        Outcome.NOTHING_TO_DO,
        0,
        null,
        message,
        Map.of(),
        Map.of(),
        Map.of(),
        seconds,
        List.of());
  }

  /** A job that failed. */
  public static JobResult failed(
      String runKey, ErrorCategory category, String message, double seconds) {
    return new JobResult(
        runKey,
        Outcome.FAILED,
        category.exitCode(),
        category,
        message,
        Map.of(),
        Map.of(),
        Map.of(),
        seconds,
        List.of());
  }

  /** The same result with other facts beside it. */
  public JobResult withValues(Map<String, String> facts) {
    return new JobResult(
        runKey, outcome, exitCode, category, message, counts, versions, facts, seconds, steps);
  }

  /** The same result with the results of the rooms that it ran. */
  public JobResult withSteps(List<JobResult> results) {
    return new JobResult(
        runKey, outcome, exitCode, category, message, counts, versions, values, seconds, results);
  }

  /** One line of JSON, without a line end. */
  public String toJsonLine() {
    return Json.write(this);
  }

  /** Reads what {@link #toJsonLine} wrote. */
  public static JobResult fromJsonLine(String line) {
    return Json.read(line, JobResult.class);
  }
}
