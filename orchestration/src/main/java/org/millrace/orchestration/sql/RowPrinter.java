package org.millrace.orchestration.sql;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the rows of a result set as they come; holds one page of rows at most. */
interface RowPrinter {
  /** Bytes are hexadecimal digits; a STRUCT, MAP or ARRAY is JSON, in JSON a value of its own. */
  HexFormat HEX = HexFormat.of().withUpperCase();

  /** Prints rows of a query of this shape. */
  void print(ResultSet rows, QueryShape shape) throws SQLException, IOException;

  static RowPrinter of(SqlFormat format, PrintStream out) {
    return switch (format) {
      case TABLE -> (rows, shape) -> printTable(rows, shape, out);
      case CSV -> (rows, shape) -> printCsv(rows, shape, out);
      case JSON -> (rows, shape) -> printJson(rows, shape, out);
    };
  }

  private static @Nullable String text(ResultSet rows, QueryShape shape, int column)
      throws SQLException {
    if (shape.nested().contains(column)) {
      String json = nested(rows, column);
      return json.equals("null") ? null : json;
    }

    return rows.getObject(column) instanceof byte[] bytes
        ? HEX.formatHex(bytes)
        : rows.getString(column);
  }

  /** What is in {@code {"v":...}}. */
  private static String nested(ResultSet rows, int column) throws SQLException {
    String json = String.valueOf(rows.getString(column));
    return json.substring("{\"v\":".length(), json.length() - 1);
  }

  private static void printCsv(ResultSet rows, QueryShape shape, PrintStream out)
      throws SQLException {
    List<String> columns = shape.labels(rows);
    out.println(String.join(",", columns.stream().map(RowPrinter::csvField).toList()));
    while (rows.next()) {
      List<String> fields = new ArrayList<>();
      for (int i = 1; i <= columns.size(); i++) {
        @Nullable String text = text(rows, shape, i);
        fields.add(text == null ? "" : csvField(text));
      }

      out.println(String.join(",", fields));
    }
  }

  private static String csvField(String text) {
    return text.matches("(?s).*[\",\r\n].*") || text.isEmpty()
        ? "\"" + text.replace("\"", "\"\"") + "\""
        : text;
  }

  private static void printJson(ResultSet rows, QueryShape shape, PrintStream out)
      throws SQLException, IOException {
    List<String> columns = shape.labels(rows);
    JsonFactory json = new JsonFactory();
    while (rows.next()) {
      StringWriter line = new StringWriter();
      try (JsonGenerator row = json.createGenerator(line)) {
        row.writeStartObject();
        for (int i = 1; i <= columns.size(); i++) {
          row.writeFieldName(columns.get(i - 1));
          if (shape.nested().contains(i)) {
            row.writeRawValue(nested(rows, i));
          } else {
            writeJson(row, rows.getObject(i));
          }
        }

        row.writeEndObject();
      }

      out.println(line);
    }
  }

  private static void writeJson(JsonGenerator row, @Nullable Object value) throws IOException {
    if (value == null) {
      row.writeNull();
    } else if (value instanceof byte[] bytes) {
      row.writeString(HEX.formatHex(bytes));
    } else if (value instanceof Boolean flag) {
      row.writeBoolean(flag);
    } else if (value instanceof Double || value instanceof Float) {
      row.writeNumber(((Number) value).doubleValue()); // NaN and infinities as texts
    } else if (value instanceof BigDecimal decimal) {
      row.writeNumber(decimal);
    } else if (value instanceof Number whole) {
      row.writeNumber(whole.longValue());
    } else {
      row.writeString(value.toString());
    }
  }

  private static void printTable(ResultSet rows, QueryShape shape, PrintStream out)
      throws SQLException {
    int page = 1000; // widths are found a page at a time
    List<String> columns = shape.labels(rows);
    long printed = 0;
    List<List<String>> texts = new ArrayList<>();
    while (rows.next()) {
      List<String> row = new ArrayList<>();
      for (int i = 1; i <= columns.size(); i++) {
        @Nullable String text = text(rows, shape, i);
        row.add(text == null ? "NULL" : text);
      }

      texts.add(row);
      printed++;
      if (texts.size() == page) {
        printPage(columns, texts, out);
        texts.clear();
      }
    }

    if (!texts.isEmpty() || printed == 0) {
      printPage(columns, texts, out);
    }

    out.println(printed == 1 ? "(1 row)" : "(" + printed + " rows)");
  }

  private static void printPage(List<String> columns, List<List<String>> rows, PrintStream out) {
    List<Integer> widths = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      int column = i;
      int widest = rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
      widths.add(Math.max(widest, columns.get(i).length()));
    }

    out.println(line(columns, widths));
    List<String> rule = widths.stream().map(width -> "-".repeat(width)).toList();
    out.println(String.join("-+-", rule));
    rows.forEach(row -> out.println(line(row, widths)));
  }

  private static String line(List<String> texts, List<Integer> widths) {
    List<String> padded = new ArrayList<>(Collections.nCopies(texts.size(), ""));
    for (int i = 0; i < texts.size(); i++) {
      padded.set(i, texts.get(i) + " ".repeat(widths.get(i) - texts.get(i).length()));
    }

    return String.join(" | ", padded).stripTrailing();
  }
}
