package org.millrace.orchestration;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.RunKey;

/**
 * What a call asked for.
 *
 * @param verb the verb's word, such as {@code score}
 * @param pipeline its name; empty if the call named none, or the verb has none
 * @param days as {@link DayRange} prints them; empty if the verb has none
 */
record CallKey(String verb, String pipeline, String days) {
  CallKey {
    requireNonNull(verb, "verb is null");
    requireNonNull(pipeline, "pipeline is null");
    requireNonNull(days, "days is null");
  }

  static CallKey of(RunKey key) {
    return new CallKey(key.room(), key.pipeline(), key.days().toString());
  }

  static CallKey of(JobResult result) {
    return RunKey.parse(result.runKey())
        .map(CallKey::of)
        .orElseGet(() -> new CallKey(result.verb(), "", ""));
  }

  /** True for a job of this pipeline; also for one of a call that named none. */
  boolean isOf(String wanted) {
    return pipeline.equals(wanted) || (pipeline.isEmpty() && !days.isEmpty());
  }

  /** True if another key of the same verb and pipeline has all days of this one. */
  boolean isWithin(CallKey other) {
    return !days.isEmpty()
        && !other.days.isEmpty()
        && verb.equals(other.verb)
        && pipeline.equals(other.pipeline)
        && other.firstDay().compareTo(firstDay()) <= 0
        && lastDay().compareTo(other.lastDay()) <= 0;
  }

  /** As ISO 8601, which sorts as days do. */
  private String firstDay() {
    return days.split("_", 2)[0];
  }

  private String lastDay() {
    String[] ends = days.split("_", 2);
    return ends[ends.length - 1];
  }

  /** The command that asks for the same, without further options. */
  String[] command() {
    String from = days.isEmpty() ? "" : "--from " + firstDay();
    String to = days.isEmpty() ? "" : "--to " + lastDay();
    return Stream.of(verb, pipeline, from, to)
        .filter(words -> !words.isEmpty())
        .flatMap(words -> Arrays.stream(words.split(" ", -1)))
        .toArray(String[]::new);
  }

  /** The run key; {@code score.2013-12-01} if the call named no pipeline. */
  @Override
  public String toString() {
    return Stream.of(pipeline, verb, days)
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining("."));
  }
}
