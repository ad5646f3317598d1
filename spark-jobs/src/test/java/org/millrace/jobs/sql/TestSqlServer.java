package org.millrace.jobs.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.SqlServerState;
import org.millrace.contracts.definition.JdbcTable;
import org.millrace.features.input.JdbcInput;
import org.millrace.features.testing.TestSpark;
import org.millrace.jobs.metastore.MetastoreAddress;
import org.millrace.jobs.metastore.MetastoreLogin;

/**
 * Attacks on the SQL server by Hive's own driver. The lake is prepared through a server that allows
 * writes; what was left there must not help against one that only reads.
 */
@Tag("slow")
class TestSqlServer {
  private static final String ALLOWED = "this SQL server only reads";

  @TempDir private static Path directory;
  private static ServerProcess server;
  private static Connection connection;
  private static Map<String, Long> filesBefore;

  @BeforeAll
  static void serveALake() throws Exception {
    SparkSession spark = TestSpark.session();
    Dataset<Row> rows = spark.sql("SELECT 1 AS k, 0.25 AS score UNION ALL SELECT 2, 0.75");
    rows.write().format("delta").save(lake() + "/warehouse/predictions.db/late_flight");
    spark
        .sql("SELECT 'UA' AS carrier, 'United' AS name")
        .write()
        .format("delta")
        .save(lake() + "/warehouse/raw.db/airlines");
    rows.write().parquet(lake() + "/plain");
    try (ServerProcess writing =
            ServerProcess.start(lake(), directory.resolve("writing.log"), "--allow-writes");
        Connection writer = writing.connect("")) {
      writeAsAllowed(writer);
      leaveTraps(writer);
    }

    server = ServerProcess.start(lake(), directory.resolve("reading.log"));
    connection = server.connect("");
    filesBefore = files();
  }

  @AfterAll
  static void stop() throws Exception {
    connection.close();
    server.close();
  }

  @Test
  void clientsLeaveAndServersEndWithoutATrace() throws Exception {
    Path log = directory.resolve("beside.log");
    try (ServerProcess beside = ServerProcess.start(directory.resolve("beside"), log)) {
      try (Connection client = beside.connect("")) {
        assertThat(run(client, "SELECT 1")).containsExactly(List.of("1"));
      }

      assertThat(operationLogs()).as("each server has its own").isEqualTo(2);
      assertThat(beside.log())
          .contains("serving jdbc:hive2://")
          .doesNotContain("authentication failure");
    }

    assertThat(operationLogs()).as("of the server that goes on").isEqualTo(1);
  }

  @Test
  void itsTablesAreInputsOfSources() {
    JdbcTable table =
        new JdbcTable(
            "jdbc:hive2://127.0.0.1:" + server.announced().port() + "/predictions", "late_flight");

    Dataset<Row> rows = new JdbcInput(TestSpark.session(), "input 'p' of raw.p").rows(table);

    assertThat(rows.schema().simpleString()).isEqualTo("struct<k:int,score:decimal(2,2)>");
    assertThat(rows.where("score > 0.5").collectAsList())
        .extracting(Row::mkString)
        .containsExactly("20.75");
    assertThatThrownBy(
            () ->
                new JdbcInput(TestSpark.session(), "input 'p' of raw.p")
                    .rows(new JdbcTable(table.url(), "nothing")))
        .hasMessageContaining("Cannot read input 'p' of raw.p, nothing of jdbc:hive2:");
  }

  private static long operationLogs() throws IOException {
    try (Stream<Path> temporary = Files.walk(directory.resolve("tmp"), 3)) {
      return temporary.filter(path -> path.endsWith("operation_logs")).count();
    }
  }

  private static void writeAsAllowed(Connection writer) throws SQLException {
    run(
        writer,
        "CREATE VIEW late_flight_current AS SELECT * FROM predictions.late_flight VERSION AS OF 0");
    run(writer, "DELETE FROM predictions.late_flight");
    assertThat(run(writer, "SELECT count(*) FROM predictions.late_flight"))
        .containsExactly(List.of("0"));
    run(writer, "RESTORE TABLE predictions.late_flight TO VERSION AS OF 0");
    assertThat(run(writer, "SELECT count(*) FROM predictions.late_flight"))
        .containsExactly(List.of("2"));
  }

  private static void leaveTraps(Connection writer) throws SQLException {
    run(
        writer,
        "CREATE VIEW trap_reflect AS SELECT reflect('java.lang.System', 'getenv', 'HOME') v");
    run(writer, "CREATE VIEW trap_path AS SELECT * FROM parquet.`" + lake() + "/plain`");
    run(writer, "CREATE FUNCTION trap AS 'org.apache.hadoop.hive.ql.udf.UDFReverse'");
    assertThat(run(writer, "SELECT trap('abc')")).containsExactly(List.of("cba"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DELETE FROM predictions.late_flight",
        "DELETE FROM delta.`$L/warehouse/predictions.db/late_flight`",
        "UPDATE predictions.late_flight SET score = 1",
        "INSERT INTO predictions.late_flight VALUES (3, 0.5)",
        "INSERT OVERWRITE predictions.late_flight VALUES (3, 0.5)",
        "INSERT OVERWRITE DIRECTORY '$L/out' USING parquet SELECT 1",
        "INSERT OVERWRITE LOCAL DIRECTORY '$L/out' SELECT 1",
        "MERGE INTO predictions.late_flight t USING late_flight_current s ON t.k = s.k WHEN MATCHED THEN DELETE",
        "WITH s AS (SELECT 1 AS k, 0.5 AS score) INSERT INTO predictions.late_flight SELECT * FROM s",
        "CREATE TABLE stolen AS SELECT 1",
        "CREATE OR REPLACE VIEW late_flight_current AS SELECT 1 AS k, 1.0 AS score",
        "CREATE TEMPORARY VIEW v USING text OPTIONS (path '/etc/passwd')",
        "CREATE TEMPORARY VIEW v AS SELECT 1",
        "CREATE TEMPORARY FUNCTION evil AS 'org.apache.hadoop.hive.ql.udf.UDFReverse'",
        "CREATE FUNCTION evil AS 'org.apache.hadoop.hive.ql.udf.UDFReverse'",
        "CREATE DATABASE text",
        "DROP TABLE predictions.late_flight",
        "DROP VIEW late_flight_current",
        "DROP DATABASE raw CASCADE",
        "ALTER TABLE predictions.late_flight SET TBLPROPERTIES ('a' = 'b')",
        "ALTER VIEW late_flight_current AS SELECT 1",
        "TRUNCATE TABLE predictions.late_flight",
        "VACUUM predictions.late_flight RETAIN 0 HOURS",
        "OPTIMIZE predictions.late_flight",
        "RESTORE TABLE predictions.late_flight TO VERSION AS OF 0",
        "LOAD DATA INPATH '/etc/passwd' INTO TABLE raw.airlines",
        "CACHE TABLE predictions.late_flight",
        "ANALYZE TABLE predictions.late_flight COMPUTE STATISTICS",
        "ADD JAR '$L/evil.jar'",
        "ADD FILE '/etc/passwd'",
        "LIST JARS",
        "SET spark.databricks.delta.retentionDurationCheck.enabled=false",
        "SET spark.sql.runSQLOnFiles=true",
        "SET spark.sql.catalog.other=org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "SET javax.jdo.option.ConnectionPassword",
        "SET",
        "RESET",
        "EXPLAIN DELETE FROM predictions.late_flight",
        "EXPLAIN SELECT * FROM text.`/etc/passwd`",
        "DESCRIBE QUERY SELECT * FROM text.`/etc/passwd`",
        "DESCRIBE DETAIL delta.`$L/warehouse/predictions.db/late_flight`",
        "DESCRIBE HISTORY '$L/warehouse/predictions.db/late_flight'",
        "SELECT * FROM text.`/etc/passwd`",
        "SELECT * FROM parquet.`$L/plain`",
        "SELECT * FROM delta.`$L/warehouse/predictions.db/late_flight` VERSION AS OF 0",
        "SELECT * FROM late_flight_current WHERE k IN (SELECT value FROM text.`/etc/passwd`)",
        "SELECT * FROM IDENTIFIER('text.`/etc/passwd`')",
        "SELECT reflect('java.lang.System', 'getenv', 'SERVERS_SECRET')",
        "SELECT java_method('java.lang.System', 'getProperty', 'user.home')",
        "SELECT sum(k) OVER w FROM late_flight_current WINDOW w AS (ORDER BY reflect('java.lang.System', 'gc'))",
        "SELECT TRANSFORM (k) USING 'cat' AS (k) FROM late_flight_current",
        "SELECT * FROM table_changes_by_path('$L/warehouse/predictions.db/late_flight', 0)",
        "SELECT trap('abc')",
        "SELECT * FROM trap_reflect",
        "SELECT * FROM trap_path",
      })
  void refusesWhatDoesMoreThanRead(String sql) {
    String filled = sql.replace("$L", lake().toString());

    assertThatThrownBy(() -> run(connection, filled))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"))
        .extracting(e -> String.valueOf(e.getMessage()).strip(), STRING)
        .startsWith("Cannot run this statement: it has ")
        .endsWith(
            ", and this SQL server only reads (SELECT, SHOW, DESCRIBE, EXPLAIN, USE);"
                + " start it with --allow-writes to do more");
    assertThat(files()).isEqualTo(filesBefore);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dfs -ls /",
        "!sh id",
        "compile `x`",
        "reload",
        "delete jar x",
        "SELECT 1; DROP TABLE raw.airlines"
      })
  void knowsNoCommandOfHive(String command) {
    assertThatThrownBy(() -> run(connection, command))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("ParseException");
    assertThat(files()).isEqualTo(filesBefore);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM late_flight_current",
        "SELECT * FROM predictions.late_flight VERSION AS OF 0",
        "SELECT * FROM spark_catalog.predictions.late_flight",
        "WITH c AS (SELECT * FROM late_flight_current) SELECT avg(score) FROM c",
        "SELECT now(), rand(), current_user(), current_database()",
        "VALUES (1), (2)",
        "TABLE late_flight_current",
        "SHOW TABLES",
        "SHOW TABLES IN raw",
        "SHOW DATABASES",
        "SHOW SCHEMAS LIKE 'r*'",
        "SHOW VIEWS",
        "SHOW COLUMNS IN raw.airlines",
        "SHOW CREATE TABLE late_flight_current",
        "SHOW TBLPROPERTIES raw.airlines",
        "SHOW FUNCTIONS LIKE 'abs'",
        "SHOW CATALOGS",
        "DESCRIBE late_flight_current",
        "DESCRIBE TABLE EXTENDED raw.airlines",
        "DESCRIBE DATABASE raw",
        "DESCRIBE QUERY SELECT 1",
        "DESCRIBE FUNCTION abs",
        "DESCRIBE HISTORY predictions.late_flight",
        "DESCRIBE DETAIL predictions.late_flight",
        "EXPLAIN SELECT * FROM late_flight_current",
        "EXPLAIN FORMATTED SELECT * FROM late_flight_current",
        "SET -v",
        "SET spark.sql.session.timeZone",
      })
  void answersWhatReads(String sql) throws SQLException {
    assertThat(run(connection, sql)).isNotEmpty();
  }

  @Test
  void letsAClientChangeItsOwnSession() throws SQLException {
    try (Connection own = server.connect("?spark.sql.shuffle.partitions=3")) {
      run(own, "USE raw");
      run(own, "SET TIME ZONE 'Asia/Kolkata'");
      run(own, "REFRESH TABLE airlines");

      assertThat(run(own, "SELECT name, current_timezone() FROM airlines"))
          .containsExactly(List.of("United", "Asia/Kolkata"));
    }
  }

  @Test
  void showsTablesToProgramsThatAskForMetadata() throws SQLException {
    try (ResultSet tables = connection.getMetaData().getTables(null, "%", "late%", null)) {
      assertThat(tables.next()).isTrue();
      assertThat(tables.getString("TABLE_NAME")).isEqualTo("late_flight_current");
    }
  }

  @Test
  void replacesNoVariables() throws SQLException {
    assertThat(run(connection, "SELECT '${env:SERVERS_SECRET}', '${system:user.home}'"))
        .containsExactly(List.of("${env:SERVERS_SECRET}", "${system:user.home}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?spark.sql.variable.substitute=true",
        "?spark.sql.runSQLOnFiles=true",
        "?spark.sql.catalog.other=org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "?spark.databricks.delta.retentionDurationCheck.enabled=false",
        "?fs.file.impl=org.apache.hadoop.fs.RawLocalFileSystem",
        "#spark.sql.variable.substitute=true",
      })
  void refusesSettingsInTheAddressOfAConnection(String more) {
    assertThatThrownBy(
            () -> {
              try (Connection own = server.connect(more)) {
                run(own, "SELECT '${env:SERVERS_SECRET}'");
              }
            })
        .isInstanceOf(SQLException.class)
        .hasStackTraceContaining("in the address of its connection")
        .hasStackTraceContaining(ALLOWED);
  }

  @Test
  void opensTheMetastoreOnlyWithThePasswordOfItsStateFile() throws Exception {
    SqlServerState announced = server.announced();
    SqlServerState.Login login = announced.login().orElseThrow();
    String address =
        "jdbc:derby://127.0.0.1:" + announced.derbyPort() + "/" + lake() + "/metastore/db";

    assertThatThrownBy(() -> DriverManager.getConnection(address))
        .hasMessageContaining("password invalid");
    assertThatThrownBy(() -> DriverManager.getConnection(address, "APP", "mine"))
        .hasMessageContaining("password invalid");
    try (Connection metastore =
            DriverManager.getConnection(address, login.user(), login.password());
        ResultSet tables = metastore.createStatement().executeQuery("SELECT TBL_NAME FROM TBLS")) {
      assertThat(tables.next()).isTrue();
    }

    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(SqlServerState.file(lake()))))
        .isEqualTo("rw-------");
    assertThat(MetastoreAddress.settings(lake(), Optional.of(announced)))
        .containsAllEntriesOf(new MetastoreLogin(login).settings());
    assertThat(server.log()).doesNotContain(login.password());
  }

  private static List<List<String>> run(Connection by, String sql) throws SQLException {
    return ServerProcess.rows(by, sql);
  }

  private static Path lake() {
    return directory.resolve("lake");
  }

  /** Every file of the tables and beside them, with its time; not the metastore's own. */
  private static Map<String, Long> files() {
    try (Stream<Path> files = Files.walk(lake())) {
      Map<String, Long> times = new TreeMap<>();
      for (Path file :
          files
              .filter(Files::isRegularFile)
              .filter(file -> !file.startsWith(lake().resolve("metastore")))
              .toList()) {
        times.put(file.toString(), Files.getLastModifiedTime(file).toMillis());
      }

      return times;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
