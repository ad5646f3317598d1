package org.millrace.orchestration.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TestSqlScript {
  @Test
  void dividesAtSemicolons() {
    assertThat(SqlScript.statements("SELECT 1;\nSELECT 2 ;; \n"))
        .containsExactly("SELECT 1", "SELECT 2");
    assertThat(SqlScript.statements(" \n")).isEmpty();
  }

  @Test
  void leavesTextsNamesAndHintsWhole() {
    assertThat(
            SqlScript.statements(
                "SELECT ';', \"a;b\", `c;d`, 'it\\'s;' /*+ BROADCAST(t) */ FROM t; SELECT 'open; end"))
        .containsExactly(
            "SELECT ';', \"a;b\", `c;d`, 'it\\'s;' /*+ BROADCAST(t) */ FROM t",
            "SELECT 'open; end");
  }

  @Test
  void dropsComments() {
    assertThat(SqlScript.statements("-- one; two\nSELECT 1 /* a;\nb */ + 2; -- end"))
        .containsExactly("SELECT 1   + 2");
  }
}
