package org.millrace.orchestration.sql;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the rows of a result set as they come; holds one page of rows at most. */
interface RowPrinter {
  void print(ResultSet rows) throws SQLException, IOException;

  static RowPrinter of(SqlFormat format, PrintStream out) {
    return switch (format) {
      case TABLE -> rows -> printTable(rows, out);
      case CSV -> rows -> printCsv(rows, out);
      case JSON -> rows -> printJson(rows, out);
    };
  }

  private static List<String> columns(ResultSet rows) throws SQLException {
    ResultSetMetaData metaData = rows.getMetaData();
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= metaData.getColumnCount(); i++) {
      names.add(metaData.getColumnLabel(i));
    }

    return names;
  }

  private static void printCsv(ResultSet rows, PrintStream out) throws SQLException {
    List<String> columns = columns(rows);
    out.println(String.join(",", columns.stream().map(RowPrinter::csvField).toList()));
    while (rows.next()) {
      List<String> fields = new ArrayList<>();
      for (int i = 1; i <= columns.size(); i++) {
        String text = rows.getString(i);
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

  private static void printJson(ResultSet rows, PrintStream out) throws SQLException, IOException {
    List<String> columns = columns(rows);
    JsonFactory json = new JsonFactory();
    while (rows.next()) {
      StringWriter line = new StringWriter();
      try (JsonGenerator row = json.createGenerator(line)) {
        row.writeStartObject();
        for (int i = 1; i <= columns.size(); i++) {
          row.writeFieldName(columns.get(i - 1));
          writeJson(row, rows.getObject(i));
        }

        row.writeEndObject();
      }

      out.println(line);
    }
  }

  private static void writeJson(JsonGenerator row, @Nullable Object value) throws IOException {
    if (value == null) {
      row.writeNull();
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

  private static void printTable(ResultSet rows, PrintStream out) throws SQLException {
    int page = 1000; // widths are found a page at a time
    List<String> columns = columns(rows);
    long printed = 0;
    List<List<String>> texts = new ArrayList<>();
    while (rows.next()) {
      List<String> row = new ArrayList<>();
      for (int i = 1; i <= columns.size(); i++) {
        String text = rows.getString(i);
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
