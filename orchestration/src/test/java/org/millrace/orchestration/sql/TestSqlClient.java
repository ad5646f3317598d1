package org.millrace.orchestration.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TestSqlClient {
  @Test
  void keepsWhatAPersonNeedsOfAMessage() {
    assertThat(
            SqlClient.shortened(
                """
                org.apache.hive.service.cli.HiveSQLException: Error running query: [UNRESOLVED] \
                org.apache.spark.sql.AnalysisException: [UNRESOLVED] no column `nosuch`; line 1 pos 7;
                'Project ['nosuch]
                +- Relation
                \tat org.apache.spark.Thing
                """))
        .isEqualTo("[UNRESOLVED] no column `nosuch`; line 1 pos 7;");
    assertThat(
            SqlClient.shortened(
                """
                org.apache.hive.service.cli.HiveSQLException: Error running query: [PARSE] \
                org.apache.spark.sql.catalyst.parser.ParseException:

                [PARSE] Syntax error at or near 'SELEC'.(line 1, pos 0)

                == SQL ==
                SELEC
                ^^^

                \tat org.apache.spark.Thing
                """))
        .isEqualTo(
            "[PARSE] Syntax error at or near 'SELEC'.(line 1, pos 0)\n  == SQL ==\n  SELEC\n  ^^^");
    assertThat(SqlClient.shortened("Could not open client transport"))
        .isEqualTo("Could not open client transport");
  }
}
