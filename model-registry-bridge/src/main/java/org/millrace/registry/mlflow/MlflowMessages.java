package org.millrace.registry.mlflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;
import org.millrace.contracts.Json;
import org.mlflow_project.google.protobuf.InvalidProtocolBufferException;
import org.mlflow_project.google.protobuf.Message;
import org.mlflow_project.google.protobuf.util.JsonFormat;

/**
 * JSON from and to the official client's messages, as its own mapper writes them; and plain JSON
 * for what those messages lack (they are of MLflow 2).
 */
final class MlflowMessages {
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().preservingProtoFieldNames().omittingInsignificantWhitespace();
  private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();

  private MlflowMessages() {}

  static String print(Message.Builder message) {
    try {
      return PRINTER.print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("Cannot print a message of our own making: " + e, e);
    }
  }

  /** Fills the builder and hands it back. */
  static <B extends Message.Builder> B parse(String json, B into) {
    try {
      PARSER.merge(json, into);
      return into;
    } catch (InvalidProtocolBufferException e) {
      throw MlflowFailure.notMlflow(200, "application/json, but not the expected shape");
    }
  }

  static JsonNode parse(String json) {
    try {
      return Json.MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw MlflowFailure.notMlflow(200, "application/json, but broken");
    }
  }

  static ObjectNode object() {
    return Json.MAPPER.createObjectNode();
  }

  /** {@code [{"key":..,"value":..}]} in the order of the keys. */
  static ArrayNode pairs(Map<String, String> values) {
    ArrayNode list = Json.MAPPER.createArrayNode();
    new TreeMap<>(values)
        .forEach((key, value) -> list.addObject().put("key", key).put("value", value));
    return list;
  }

  /** A literal in a search filter: MLflow has no escapes there, only two kinds of quotes. */
  static String quoted(String value) {
    if (!value.contains("'")) {
      return "'" + value + "'";
    }
    if (!value.contains("\"")) {
      return "\"" + value + "\"";
    }
    throw new IllegalArgumentException(
        "Cannot search MLflow for " + value + ": it holds both kinds of quotes");
  }
}
