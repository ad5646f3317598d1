package org.millrace.bench.contender;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;

/**
 * An as-of join that a contender is to do, of any language: its only argument, as JSON. The spine
 * has the columns {@code id} (BIGINT), the key and {@code as_of} (TIMESTAMP); the n-th view has the
 * key, {@code event_timestamp}, {@code known_at} where that differs, and {@code v<n>_0} to {@code
 * v<n>_9} (DOUBLE).
 *
 * @param kind of work, such as {@code millrace} or {@code duckdb}; each program knows its own
 * @param spine its folder
 * @param views their folders, in order
 * @param format of all folders, {@code parquet} or {@code delta}
 * @param key the key's column, in spine and views
 * @param hasKnownAt whether the views have a time of knowledge of their own
 * @param ttlDays longest age of a fact, 0 for any
 * @param rows of the spine
 * @param cores to use, threads or tasks at a time
 * @param heap of a JVM that the contender starts itself, such as {@code 6g}
 * @param scratch folder of its own to write to
 * @param settings of Spark, where it runs on Spark
 */
public record AsOfTask(
    String kind,
    String spine,
    List<String> views,
    String format,
    String key,
    boolean hasKnownAt,
    int ttlDays,
    long rows,
    int cores,
    String heap,
    String scratch,
    Map<String, String> settings) {
  /** Values of a view's row. */
  public static final int VALUES = 10;

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Copies the views and settings. */
  public AsOfTask {
    views = List.copyOf(views);
    settings = Map.copyOf(settings);
  }

  /** As {@link #json} wrote it. */
  static AsOfTask of(String json) throws JsonProcessingException {
    return JSON.readValue(json, AsOfTask.class);
  }

  /** One line. */
  public String json() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write the task of " + kind, e);
    }
  }
}
