package org.millrace.contracts;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.LocalDate;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The last line that a job prints on stdout, as one line of JSON: what DAGs and people parse. Every
 * line has the same keys, whichever room wrote it; {@code docs/result-line.md} describes them.
 *
 * @param runKey the intent, as {@link RunKey} prints it; the verb alone if there are no days
 * @param attempt distinct for each start of the program; empty if it did not start
 * @param outcome how it ended
 * @param exitCode 0, or the category's code
 * @param category the failure's category, or null if it did not fail
 * @param message one plain sentence: what was done, or what failed and what to do next
 * @param counts named counts; those of {@link #ROW_COUNTS} are always there; order kept
 * @param rows rows written, by object; order kept
 * @param versions versions written or used, by object as the ledger names it ({@code raw.flights},
 *     {@code model.late_flight}); order kept
 * @param values other named facts (AUC, URL, path of the report); order kept
 * @param seconds wall seconds of the work, start-up excluded
 * @param log file that holds the trace of a failure; empty if there is none
 * @param steps results of the rooms if the job ran several, else empty
 */
@JsonPropertyOrder({"schema", "run_key", "verb", "pipeline", "from", "to"})
public record JobResult(
    @JsonProperty("run_key") String runKey,
    @JsonProperty("attempt") String attempt,
    @JsonProperty("outcome") Outcome outcome,
    @JsonProperty("exit_code") int exitCode,
    @JsonProperty("category") @Nullable ErrorCategory category,
    @JsonProperty("message") String message,
    @JsonProperty("counts") Map<String, Long> counts,
    @JsonProperty("rows") Map<String, Long> rows,
    @JsonProperty("versions") Map<String, String> versions,
    @JsonProperty("values") Map<String, String> values,
    @JsonProperty("seconds") double seconds,
    @JsonProperty("log") String log,
    @JsonProperty("steps") List<JobResult> steps) {

  /** Number of the line's schema; it grows when a key changes its meaning or goes away. */
  public static final int SCHEMA = 2;

  /** Counts that every line has. */
  public static final List<String> ROW_COUNTS =
      List.of("rows_in", "rows_out", "rows_quarantined", "rows_refused", "rows_later");

  /** Copies the collections; absent ones are empty, absent row counts 0. */
  public JobResult {
    attempt = attempt == null ? "" : attempt;
    log = log == null ? "" : log;
    Map<String, Long> all = new LinkedHashMap<>();
    ROW_COUNTS.forEach(name -> all.put(name, 0L));
    all.putAll(ordered(counts));
    counts = Collections.unmodifiableMap(all);
    rows = ordered(rows);
    versions = ordered(versions);
    values = ordered(values);
    steps = steps == null ? List.of() : List.copyOf(steps);
  }

  private static <V> Map<String, V> ordered(@Nullable Map<String, V> map) {
    return map == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /** {@link #SCHEMA}, in the line. */
  @JsonProperty("schema")
  public int schema() {
    return SCHEMA;
  }

  /** The verb's word, such as {@code score}; from the run key. */
  @JsonProperty("verb")
  public String verb() {
    return key().map(RunKey::room).orElse(runKey.substring(runKey.lastIndexOf('.') + 1));
  }

  /** The pipeline; null if the job has none. */
  @JsonProperty("pipeline")
  public @Nullable String pipeline() {
    return key().map(RunKey::pipeline).orElse(null);
  }

  /** The first day; null if the job has no days. */
  @JsonProperty("from")
  public @Nullable LocalDate from() {
    return key().map(key -> key.days().from()).orElse(null);
  }

  /** The last day; null if the job has no days. */
  @JsonProperty("to")
  public @Nullable LocalDate to() {
    return key().map(key -> key.days().to()).orElse(null);
  }

  private Optional<RunKey> key() {
    return RunKey.parse(runKey);
  }

  /** A job that did its work. */
  public static JobResult done(
      String runKey,
      String message,
      Map<String, Long> counts,
      Map<String, String> versions,
      double seconds) {
    return ended(runKey, Outcome.DONE, null, message, counts, versions, seconds);
  }

  /** A job whose run key had been finished before. */
  public static JobResult nothingToDo(String runKey, String message, double seconds) {
    return ended(runKey, Outcome.NOTHING_TO_DO, null, message, Map.of(), Map.of(), seconds);
  }

  /** A job that failed. */
  public static JobResult failed(
      String runKey, ErrorCategory category, String message, double seconds) {
    return ended(runKey, Outcome.FAILED, category, message, Map.of(), Map.of(), seconds);
  }

  private static JobResult ended(
      String runKey,
      Outcome outcome,
      @Nullable ErrorCategory category,
      String message,
      Map<String, Long> counts,
      Map<String, String> versions,
      double seconds) {
    return new JobResult(
        runKey,
        "",
        outcome,
        category == null ? 0 : category.exitCode(),
        category,
        message,
        counts,
        Map.of(),
        versions,
        Map.of(),
        seconds,
        "",
        List.of());
  }

  /** The same result with other facts beside it. */
  public JobResult withValues(Map<String, String> facts) {
    return new JobResult(
        runKey, attempt, outcome, exitCode, category, message, counts, rows, versions, facts,
        seconds, log, steps);
  }

  /** The same result with the results of the rooms that it ran. */
  public JobResult withSteps(List<JobResult> results) {
    return new JobResult(
        runKey, attempt, outcome, exitCode, category, message, counts, rows, versions, values,
        seconds, log, results);
  }

  /** The same result of a certain start of the program. */
  public JobResult withAttempt(String of) {
    return new JobResult(
        runKey, of, outcome, exitCode, category, message, counts, rows, versions, values, seconds,
        log, steps);
  }

  /** The same result with the file that holds the trace. */
  public JobResult withLog(String file) {
    return new JobResult(
        runKey, attempt, outcome, exitCode, category, message, counts, rows, versions, values,
        seconds, file, steps);
  }

  /** One line of JSON, without a line end. */
  public String toJsonLine() {
    return Json.write(this);
  }

  /** Reads what {@link #toJsonLine} wrote, also by releases before the schema had a number. */
  public static JobResult fromJsonLine(String line) {
    return Json.read(line, JobResult.class);
  }
}
