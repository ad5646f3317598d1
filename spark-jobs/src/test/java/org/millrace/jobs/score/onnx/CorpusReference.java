package org.millrace.jobs.score.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;

/** ONNX Runtime used plainly, with one thread, in calls of any number of rows. */
final class CorpusReference implements AutoCloseable {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final Corpus.Entry entry;
  private final OrtSession session;

  CorpusReference(Corpus.Entry entry) throws OrtException {
    this.entry = entry;
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      this.session = environment.createSession(entry.model().verifiedBytes(), options);
    }
  }

  /** Outputs by name, of the partitions' rows, each partition cut into batches. */
  Map<String, List<List<Object>>> score(List<List<Row>> partitions, int batchRows)
      throws OrtException {
    Map<String, List<List<Object>>> all = new LinkedHashMap<>();
    for (List<Row> rows : partitions) {
      for (int from = 0; from < rows.size(); from += batchRows) {
        score(rows.subList(from, Math.min(rows.size(), from + batchRows)), all);
      }
    }

    return all;
  }

  private void score(List<Row> rows, Map<String, List<List<Object>>> into) throws OrtException {
    Map<String, OnnxTensor> given = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, NodeInfo> input : session.getInputInfo().entrySet()) {
        List<String> columns = entry.inputs().getOrDefault(input.getKey(), List.of());
        TensorInfo info = (TensorInfo) input.getValue().getInfo();
        given.put(input.getKey(), tensor(rows, columns, info));
      }

      try (OrtSession.Result result = session.run(given)) {
        for (Map.Entry<String, OnnxValue> output : result) {
          into.computeIfAbsent(output.getKey(), name -> new ArrayList<>())
              .addAll(CorpusValues.ofOrt(output.getValue()));
        }
      }
    } finally {
      given.values().forEach(OnnxTensor::close);
    }
  }

  private OnnxTensor tensor(List<Row> rows, List<String> columns, TensorInfo info)
      throws OrtException {
    long[] shape = info.getShape().clone();
    shape[0] = rows.size();
    List<Object> values = new ArrayList<>();
    for (Row row : rows) {
      for (String column : columns) {
        int at = row.fieldIndex(column);
        values.addAll(row.isNullAt(at) ? List.of(Float.NaN) : CorpusValues.ofSpark(row.get(at)));
      }
    }

    return switch (info.type) {
      case STRING -> OnnxTensor.createTensor(environment, values.toArray(new String[0]), shape);
      case INT64 ->
          OnnxTensor.createTensor(
              environment,
              LongBuffer.wrap(
                  values.stream().mapToLong(one -> ((Number) one).longValue()).toArray()),
              shape);
      case DOUBLE ->
          OnnxTensor.createTensor(
              environment,
              DoubleBuffer.wrap(
                  values.stream().mapToDouble(one -> ((Number) one).doubleValue()).toArray()),
              shape);
      default -> OnnxTensor.createTensor(environment, floats(values), shape);
    };
  }

  private static FloatBuffer floats(List<Object> values) {
    FloatBuffer floats = FloatBuffer.allocate(values.size());
    values.forEach(one -> floats.put(((Number) one).floatValue()));
    return floats.flip();
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
