package org.millrace.orchestration;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.orchestration.launch.ChildProcess;

/**
 * A job that failed, and that no later start of the same run key replaced.
 *
 * @param key what was asked for
 * @param at when it failed; of one that was killed, when it began
 * @param room that failed; the verb itself if it is one, or if that is unknown
 * @param category null if it ended without a result
 * @param message one sentence
 * @param call null if its arguments were not kept
 */
record FailedRun(
    CallKey key,
    Instant at,
    String room,
    @Nullable ErrorCategory category,
    String message,
    @Nullable Call call) {

  /** How it ended: a category, or {@code KILLED}, or {@code NO_RESULT}. */
  String ending() {
    if (category != null) {
      return category.name();
    }

    return call != null && call.ending() == null ? "KILLED" : "NO_RESULT";
  }

  /** True if a repetition might publish what is published already. */
  boolean isUnknownPublication() {
    Call.Ending kept = call == null ? null : call.ending();
    return category == ErrorCategory.PUBLISH_STATE_UNKNOWN
        || (category == null
            && kept != null
            && kept.exitCode() == ErrorCategory.PUBLISH_STATE_UNKNOWN.exitCode());
  }

  /** The call as a shell takes it, from {@code from}; empty if it was not kept. */
  String typed(CommandContext from) {
    if (call == null) {
      return "";
    }

    boolean isElsewhere = !call.directory().equals(from.workingDirectory().toString());
    List<String> words = new ArrayList<>();
    words.add(isElsewhere ? from.home().resolve("bin/millrace").toString() : "bin/millrace");
    words.addAll(call.arguments());
    return (isElsewhere ? ChildProcess.typed(List.of("cd", call.directory())) + " && " : "")
        + variable("MILLRACE_LAKE", call.lake())
        + variable("MLFLOW_TRACKING_URI", call.registryOrNone())
        + ChildProcess.typed(words);
  }

  private static String variable(String name, String value) {
    return value.isEmpty() ? "" : ChildProcess.typed(List.of(name + "=" + value)) + " ";
  }

  /** What {@code --json} prints; times as ISO 8601. */
  Shown shown() {
    return new Shown(
        key.toString(),
        key.verb(),
        key.pipeline().isEmpty() ? null : key.pipeline(),
        key.days().isEmpty() ? null : key.days(),
        at,
        ending(),
        message,
        call == null ? null : call.arguments(),
        call == null ? null : call.directory(),
        call == null || call.lake().isEmpty() ? null : call.lake(),
        call == null || call.registryOrNone().isEmpty() ? null : call.registry());
  }

  /** The keys of {@code --json}; absent is null. */
  record Shown(
      @JsonProperty("run_key") String runKey,
      @JsonProperty("verb") String verb,
      @JsonProperty("pipeline") @Nullable String pipeline,
      @JsonProperty("days") @Nullable String days,
      @JsonProperty("at") Instant at,
      @JsonProperty("ending") String ending,
      @JsonProperty("message") String message,
      @JsonProperty("arguments") @Nullable List<String> arguments,
      @JsonProperty("directory") @Nullable String directory,
      @JsonProperty("lake") @Nullable String lake,
      @JsonProperty("registry") @Nullable String registry) {}
}
