package org.millrace.jobs.score.onnx;

import ai.onnxruntime.OnnxSequence;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * ONNX Runtime behind the executor's shared session. Inputs are read in place; outputs of known
 * shape are written in place, others are copied out of the result.
 */
final class OrtEngine implements Engine {
  private final SharedSession session;
  private final List<OrtInput> inputs;
  private final Map<String, List<OutputColumn>> outputs = new LinkedHashMap<>();
  private final List<PinnedOutput> pinned = new ArrayList<>();
  private final Set<String> returned = new LinkedHashSet<>();
  private final ScoringTimes times;
  private boolean closed;

  OrtEngine(
      SharedSession session,
      List<InputBuffer> inputs,
      List<OutputColumn> columns,
      int batchRows,
      ScoringTimes times) {
    this.session = session;
    this.times = times;
    this.inputs = inputs.stream().map(OrtInput::new).toList();
    for (OutputColumn column : columns) {
      outputs.computeIfAbsent(column.plan.modelOutput(), name -> new ArrayList<>()).add(column);
    }

    outputs.forEach(
        (name, made) -> {
          if (made.size() == 1 && made.get(0).plan.isOneFloat()) {
            pinned.add(new PinnedOutput(made.get(0), batchRows));
          } else {
            returned.add(name);
          }
        });
  }

  @Override
  public void score(int rows, int at) {
    session.call(
        open -> {
          run(open, rows, at);
          return rows;
        });
  }

  private void run(OrtSession open, int rows, int at) throws OrtException {
    long start = System.nanoTime();
    Map<String, OnnxTensor> given = new LinkedHashMap<>();
    Map<String, OnnxTensor> places = new LinkedHashMap<>();
    for (OrtInput input : inputs) {
      given.put(input.name(), input.tensor(rows));
    }

    for (PinnedOutput output : pinned) {
      places.put(output.name(), output.tensor(rows));
    }

    long filled = System.nanoTime();
    OrtSession.Result made = run(open, given, places, rows);
    NativeHandles.RESULTS.opened();
    times.filled(filled - start);
    times.ran(System.nanoTime() - filled);
    try (OrtSession.Result result = made) {
      for (String name : returned) {
        read(name, result.get(name).orElseThrow(), rows, at);
      }
    } finally {
      NativeHandles.RESULTS.closed();
    }

    pinned.forEach(output -> output.read(rows, at));
  }

  private OrtSession.Result run(
      OrtSession open, Map<String, OnnxTensor> given, Map<String, OnnxTensor> places, int rows)
      throws OrtException {
    try {
      return open.run(given, returned, places);
    } catch (OrtException e) {
      requireRows(open, given, rows);
      throw e;
    }
  }

  /** A model that drops rows fails where its output has a place already: says so. */
  private void requireRows(OrtSession open, Map<String, OnnxTensor> given, int rows) {
    try (OrtSession.Result made = open.run(given)) {
      for (PinnedOutput output : pinned) {
        OnnxTensor tensor = (OnnxTensor) made.get(output.name()).orElseThrow();
        long[] shape = tensor.getInfo().getShape();
        requireRows(output.name(), shape.length == 0 ? 1 : shape[0], rows);
      }
    } catch (OrtException again) {
      // it fails in whatever way it is run: the first failure says how
    }
  }

  private void read(String name, OnnxValue value, int rows, int at) throws OrtException {
    List<OutputColumn> columns = outputs.getOrDefault(name, List.of());
    if (value instanceof OnnxSequence sequence) {
      List<Map<?, ?>> maps = MapValues.read(sequence);
      requireRows(name, maps.size(), rows);
      columns.forEach(column -> MapValues.put(column, maps, at));
      return;
    }

    OnnxTensor tensor = (OnnxTensor) value;
    long[] shape = tensor.getInfo().getShape();
    long[] dims = shape.length == 0 ? shape : Arrays.copyOfRange(shape, 1, shape.length);
    requireRows(name, shape.length == 0 ? 1 : shape[0], rows);
    TensorValues values = TensorValues.of(tensor);
    for (OutputColumn column : columns) {
      column.plan.requireDims(dims);
      column.put(values, dims, rows, at);
    }
  }

  private static void requireRows(String name, long found, int rows) {
    if (found != rows) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot read the model's output %s: expected one entry for each of %d rows, found %d; the model drops, adds or mixes rows, so none has a value of its own: ask for other outputs alone, or export it without"
              .formatted(name, rows, found));
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      session.releaseIfOpen(
          () -> {
            inputs.forEach(OrtInput::close);
            pinned.forEach(PinnedOutput::close);
          });
    }
  }
}
