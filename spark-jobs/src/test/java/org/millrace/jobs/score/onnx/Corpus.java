package org.millrace.jobs.score.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.millrace.contracts.Json;

/**
 * Models that other tools made, rows for them, and what Python's onnxruntime says of these with one
 * thread and all rows in one call. Made by {@code src/test/python/make_corpus.py}.
 */
final class Corpus {
  private static final Path FOLDER = folder();

  private Corpus() {}

  /**
   * One model.
   *
   * @param processor on which Python scored
   * @param inputs columns by model input
   * @param outputs by name: a row's numbers and texts, maps as in {@link CorpusValues}
   */
  record Entry(
      String name,
      OnnxModel model,
      String processor,
      Map<String, List<String>> inputs,
      Map<String, List<List<Object>>> outputs) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Of all models, in order. */
  static List<String> names() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".onnx"))
          .map(name -> name.substring(0, name.length() - ".onnx".length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException("Cannot list " + FOLDER, e);
    }
  }

  /** The Parquet file with the rows of all models. */
  static String rows() {
    return FOLDER.resolve("rows.parquet").toString();
  }

  static Entry read(String name) {
    try {
      byte[] bytes = Files.readAllBytes(FOLDER.resolve(name + ".onnx"));
      JsonNode told = Json.MAPPER.readTree(Files.readString(FOLDER.resolve(name + ".json")));
      Map<String, List<String>> inputs = new LinkedHashMap<>();
      told.get("inputs")
          .fields()
          .forEachRemaining(input -> inputs.put(input.getKey(), texts(input.getValue())));
      Map<String, List<List<Object>>> outputs = new LinkedHashMap<>();
      told.get("outputs")
          .fields()
          .forEachRemaining(
              output -> outputs.put(output.getKey(), CorpusValues.ofJson(output.getValue())));
      OnnxModel model = OnnxModel.of(name, "1", bytes);
      return new Entry(name, model, told.get("processor").asText(), inputs, outputs);
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read " + name + " in " + FOLDER, e);
    }
  }

  /** As the entries name theirs; empty where the system does not tell. */
  static String processor() {
    Path facts = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(facts)) {
      return "";
    }

    try {
      List<String> lines = Files.readAllLines(facts);
      String flags = " " + fact(lines, "flags") + " ";
      return fact(lines, "model name") + (flags.contains(" avx512f ") ? " with avx512f" : "");
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read " + facts, e);
    }
  }

  private static String fact(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .findFirst()
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .orElse("");
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private static Path folder() {
    try {
      URI uri =
          Objects.requireNonNull(Corpus.class.getResource("/onnx-corpus"), "no corpus").toURI();
      return Path.of(uri);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
