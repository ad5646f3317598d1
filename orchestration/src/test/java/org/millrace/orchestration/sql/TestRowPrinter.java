package org.millrace.orchestration.sql;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import javax.sql.rowset.CachedRowSet;
import javax.sql.rowset.RowSetMetaDataImpl;
import javax.sql.rowset.RowSetProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TestRowPrinter {
  @Test
  void alignsATable() throws SQLException, IOException {
    assertThat(print(SqlFormat.TABLE))
        .isEqualTo(
            """
            carrier  | score
            ---------+------
            AA       | 0.5
            a "b", c | NULL
            (2 rows)
            """);
  }

  @Test
  void quotesCsvOnlyWhereNeeded() throws SQLException, IOException {
    assertThat(print(SqlFormat.CSV)).isEqualTo("carrier,score\nAA,0.5\n\"a \"\"b\"\", c\",\n");
  }

  @Test
  void writesAJsonObjectARow() throws SQLException, IOException {
    assertThat(print(SqlFormat.JSON))
        .isEqualTo(
            "{\"carrier\":\"AA\",\"score\":0.5}\n{\"carrier\":\"a \\\"b\\\", c\",\"score\":null}\n");
  }

  @Test
  void bytesAreHexadecimalAndNestedValuesAreJson() throws SQLException, IOException {
    QueryShape shape =
        QueryShape.of("SELECT b, s FROM t;", List.of("b", "s"), List.of("binary", "struct<x:int>"));
    assertThat(shape.query())
        .isEqualTo(
            "SELECT c1, to_json(named_struct('v', c2), map('ignoreNullFields', 'false')) AS c2"
                + " FROM (SELECT b, s FROM t\n) AS q(c1, c2)");
    assertThat(printNested(SqlFormat.JSON, shape))
        .isEqualTo("{\"b\":\"00FF\",\"s\":{\"x\":1}}\n{\"b\":null,\"s\":null}\n");
    assertThat(printNested(SqlFormat.CSV, shape)).isEqualTo("b,s\n00FF,\"{\"\"x\"\":1}\"\n,\n");
    assertThat(printNested(SqlFormat.TABLE, shape)).contains("00FF | {\"x\":1}", "NULL | NULL");
    assertThat(QueryShape.of("SHOW TABLES", List.of("a"), List.of("string")))
        .isEqualTo(QueryShape.plain("SHOW TABLES"));
  }

  private static String printNested(SqlFormat format, QueryShape shape)
      throws SQLException, IOException {
    RowSetMetaDataImpl columns = new RowSetMetaDataImpl();
    columns.setColumnCount(2);
    for (int i = 1; i <= 2; i++) {
      columns.setColumnName(i, "c" + i);
      columns.setColumnLabel(i, "c" + i);
      columns.setColumnType(i, i == 1 ? Types.BINARY : Types.VARCHAR);
    }

    try (CachedRowSet rows = RowSetProvider.newFactory().createCachedRowSet()) {
      rows.setMetaData(columns);
      for (boolean isNull : new boolean[] {false, true}) {
        rows.moveToInsertRow();
        if (isNull) {
          rows.updateNull(1);
        } else {
          rows.updateBytes(1, new byte[] {0, -1});
        }

        rows.updateString(2, isNull ? "{\"v\":null}" : "{\"v\":{\"x\":1}}");
        rows.insertRow();
      }

      rows.moveToCurrentRow();
      rows.beforeFirst();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      RowPrinter.of(format, new PrintStream(bytes, true, UTF_8)).print(rows, shape);
      return bytes.toString(UTF_8);
    }
  }

  private static String print(SqlFormat format) throws SQLException, IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, UTF_8);
    try (CachedRowSet rows = rows()) {
      RowPrinter.of(format, out).print(rows, QueryShape.plain(""));
    }

    return bytes.toString(UTF_8);
  }

  private static CachedRowSet rows() throws SQLException {
    RowSetMetaDataImpl columns = new RowSetMetaDataImpl();
    columns.setColumnCount(2);
    columns.setColumnName(1, "carrier");
    columns.setColumnLabel(1, "carrier");
    columns.setColumnType(1, Types.VARCHAR);
    columns.setColumnName(2, "score");
    columns.setColumnLabel(2, "score");
    columns.setColumnType(2, Types.DOUBLE);
    columns.setNullable(2, java.sql.ResultSetMetaData.columnNullable);
    CachedRowSet rows = RowSetProvider.newFactory().createCachedRowSet();
    rows.setMetaData(columns);
    add(rows, "a \"b\", c", null);
    add(rows, "AA", 0.5);
    rows.beforeFirst();
    return rows;
  }

  /** New rows go before the current one. */
  private static void add(CachedRowSet rows, String carrier, @Nullable Double score)
      throws SQLException {
    rows.moveToInsertRow();
    rows.updateString(1, carrier);
    if (score == null) {
      rows.updateNull(2);
    } else {
      rows.updateDouble(2, score);
    }

    rows.insertRow();
    rows.moveToCurrentRow();
  }
}
