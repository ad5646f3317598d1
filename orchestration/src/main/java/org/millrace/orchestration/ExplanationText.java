package org.millrace.orchestration;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.millrace.contracts.Json;

/** An explanation of a prediction as lines for people. */
final class ExplanationText {
  private static final int SHOWN = 15;

  private ExplanationText() {}

  /** The lines; a file that cannot be read is named in their place. */
  static List<String> lines(Path file) {
    try {
      return lines(Json.MAPPER.readTree(Files.readString(file)));
    } catch (IOException e) {
      return List.of("the explanation is in " + file);
    }
  }

  private static List<String> lines(JsonNode told) {
    List<String> lines = new ArrayList<>();
    JsonNode trees = told.path("trees");
    if (trees.isObject()) {
      lines.add(
          format(
              "%10.4f  expected of any row, by %,d rows of %s",
              trees.path("base").asDouble(),
              trees.path("background_rows").asLong(),
              trees.path("background").asText()));
    }

    JsonNode inputs = told.path("inputs");
    for (int place = 0; place < Math.min(SHOWN, inputs.size()); place++) {
      lines.add(input(inputs.get(place), trees.isObject()));
    }

    if (inputs.size() > SHOWN) {
      lines.add(others(inputs, trees.isObject()));
    }

    if (trees.isObject()) {
      lines.add(format("%10.4f  in all", trees.path("raw_score").asDouble()));
    }

    told.path("facts").forEach(fact -> lines.add(fact(fact)));
    told.path("notes").forEach(note -> lines.add("note: " + note.asText()));
    return lines;
  }

  private static String input(JsonNode input, boolean hasContributions) {
    String value = input.path("column").asText() + " = " + input.path("value").asText("missing");
    return hasContributions
        ? format("%+10.4f  %s", input.path("contribution").asDouble(), value)
        : value;
  }

  private static String others(JsonNode inputs, boolean hasContributions) {
    double sum = 0;
    for (int place = SHOWN; place < inputs.size(); place++) {
      sum += inputs.get(place).path("contribution").asDouble();
    }

    String more = (inputs.size() - SHOWN) + " more inputs";
    return hasContributions ? format("%+10.4f  %s", sum, more) : more;
  }

  private static String fact(JsonNode fact) {
    String start = "%s from %s".formatted(fact.path("view").asText(), fact.path("table").asText());
    if (fact.path("newest").isMissingNode()) {
      return fact.path("view").asText().equals("spine") ? start : start + ": no fact";
    }

    String newest = fact.path("newest").asText();
    String times =
        fact.path("count").asLong() == 1
            ? "1 fact of " + newest
            : "%d facts of %s to %s"
                .formatted(fact.path("count").asLong(), fact.path("oldest").asText(), newest);
    return "%s: %s, known by %s".formatted(start, times, fact.path("known_at").asText());
  }

  private static String format(String form, Object... values) {
    return String.format(Locale.ROOT, form, values);
  }
}
