package org.millrace.bench.contender;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;

/**
 * What a contender is to do, of any language: its only argument, as JSON.
 *
 * @param kind of work, such as {@code scan}; each program knows its own
 * @param data folder of Parquet files with {@code id} (BIGINT) and the columns
 * @param rows in {@code data}, or to be scored where the work is in memory
 * @param checkData folder of the check rows, the first of all data
 * @param raw the check rows' columns alone: float32, little-endian, row by row
 * @param checkRows in {@code checkData} and {@code raw}, with ids from 0
 * @param model ONNX file with the input {@code x} and the output {@code score}
 * @param columns of the input: floats, or one array of floats
 * @param width of the model's input
 * @param batch rows of one native call
 * @param cores to use, threads or tasks at a time
 * @param heap of a JVM that the contender starts itself, such as {@code 3g}
 * @param scratch folder of its own to write to
 */
public record Task(
    String kind,
    String data,
    long rows,
    String checkData,
    String raw,
    int checkRows,
    String model,
    List<String> columns,
    int width,
    int batch,
    int cores,
    String heap,
    String scratch) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Copies the columns. */
  public Task {
    columns = List.copyOf(columns);
  }

  /** The same on so many cores. */
  public Task withCores(int other) {
    return new Task(
        kind, data, rows, checkData, raw, checkRows, model, columns, width, batch, other, heap,
        scratch);
  }

  /** As {@link #json} wrote it. */
  static Task of(String json) throws JsonProcessingException {
    return JSON.readValue(json, Task.class);
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
