package org.millrace.features.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.Definitions;
import org.millrace.features.sql.CanonicalSql;
import org.millrace.features.sql.DefinitionGuard;
import org.millrace.features.testing.TestSpark;

/** What the SQL of a definition may and may not do, over a lake that must stay as it is. */
class TestDefinitionSql {
  private static final DayRange DAY = DayRange.of(LocalDate.parse("2013-01-15"));
  private static final String OTHER = "other_of_definition_sql";

  @TempDir private static Path directory;

  private final SparkSession spark = TestSpark.session();
  private final Lake lake = new Lake(spark, directory.toString(), ZoneId.of("America/New_York"));

  @BeforeAll
  static void fillTheLake() {
    SparkSession spark = TestSpark.session();
    Dataset<Row> rows =
        spark.sql("SELECT 1 AS k, 2.5 AS x, array(1, 2) AS a, DATE'2013-01-15' AS day");
    rows.write().format("delta").save(directory + "/warehouse/predictions.db/m");
    rows.write().parquet(directory + "/plain");
    spark.sql("CREATE DATABASE IF NOT EXISTS " + OTHER);
    spark.sql(
        "CREATE TABLE %s.m USING DELTA LOCATION '%s/warehouse/predictions.db/m'"
            .formatted(OTHER, directory));
    spark.sql("CREATE OR REPLACE TEMP VIEW session_view AS SELECT 1 AS k");
    spark.sql("CREATE OR REPLACE GLOBAL TEMP VIEW shared_view AS SELECT 1 AS k");
  }

  @AfterAll
  static void forgetTheNames() {
    SparkSession spark = TestSpark.session();
    spark.sql("DROP DATABASE " + OTHER + " CASCADE");
    spark.catalog().dropTempView("session_view");
    spark.catalog().dropGlobalTempView("shared_view");
  }

  /** Statements and what the message has to name. {@code $L} is the lake, {@code $T} its table. */
  static Stream<Arguments> hostile() {
    return Stream.of(
        // commands
        refused("DELETE FROM $T", "the statement 'delete from table'"),
        refused("DELETE FROM $T WHERE k = 1", "the statement 'delete from table'"),
        refused("UPDATE $T SET k = 2", "the statement 'update table'"),
        refused("INSERT INTO $T SELECT * FROM events", "the statement 'insert into'"),
        refused("INSERT OVERWRITE $T SELECT * FROM events", "the statement 'insert into'"),
        refused("WITH e AS (SELECT * FROM events) INSERT INTO $T SELECT * FROM e", "'insert into'"),
        refused("FROM events INSERT INTO $T SELECT * INSERT INTO $T SELECT *", "'insert into'"),
        refused(
            "MERGE INTO $T t USING events e ON t.k = e.k WHEN MATCHED THEN DELETE",
            "the statement 'merge into table'"),
        refused(
            "INSERT OVERWRITE DIRECTORY '$L/out' USING parquet SELECT * FROM events",
            "'insert into dir'"),
        refused("CREATE TABLE stolen USING parquet AS SELECT * FROM events", "'create table"),
        refused("CREATE TEMPORARY VIEW v AS SELECT * FROM events", "'create view'"),
        refused(
            "CREATE TEMPORARY VIEW v USING text OPTIONS (path '/etc/passwd')", "'create temp view"),
        refused(
            "CREATE TEMPORARY FUNCTION f AS 'org.example.F' USING JAR '/x.jar'",
            "'create function'"),
        refused("DROP TABLE $OTHER.m", "the statement 'drop table'"),
        refused("DROP DATABASE $OTHER CASCADE", "the statement 'drop namespace'"),
        refused("TRUNCATE TABLE $OTHER.m", "the statement 'truncate table'"),
        refused("ALTER TABLE $OTHER.m SET TBLPROPERTIES (a = 'b')", "'set table properties'"),
        refused("VACUUM $T RETAIN 0 HOURS", "the statement 'vacuum table'"),
        refused("OPTIMIZE $T", "the statement 'optimize table'"),
        refused("RESTORE TABLE $OTHER.m TO VERSION AS OF 0", "the statement 'restore table'"),
        refused("CONVERT TO DELTA parquet.`$L/plain`", "the statement 'convert to delta'"),
        refused("CACHE TABLE c AS SELECT * FROM events", "'cache table as select'"),
        refused("SET spark.sql.shuffle.partitions = 7", "the statement 'set'"),
        refused("RESET", "the statement 'reset'"),
        refused("ADD JAR '/x.jar'", "the statement 'add jars'"),
        refused("ADD FILE '/etc/passwd'", "the statement 'add files'"),
        refused("LIST JARS", "the statement 'list jars'"),
        refused("USE $OTHER", "the statement 'set catalog and namespace'"),
        refused("SHOW TABLES", "the statement 'show tables'"),
        refused("DESCRIBE events", "the statement 'describe relation'"),
        refused("EXPLAIN SELECT * FROM events", "the statement 'explain'"),
        refused("LOAD DATA INPATH '/etc/passwd' INTO TABLE t", "the statement 'load data'"),
        refused("REFRESH TABLE events", "the statement 'refresh table'"),
        // two statements, and none
        refused("SELECT * FROM events; DELETE FROM $T", "PARSE_SYNTAX_ERROR"),
        refused("", "at or near end of input"),
        // files
        refused("SELECT * FROM delta.`$L/warehouse/predictions.db/m`", "the table delta."),
        refused("SELECT * FROM $T VERSION AS OF 0", "a version of a table"),
        refused("SELECT * FROM `delta`.`$L/warehouse/predictions.db/m@v0`", "the table delta."),
        refused("SELECT value AS k FROM text.`/etc/passwd`", "the table text.`/etc/passwd`"),
        refused("SELECT * FROM parquet.`$L/plain`", "the table parquet."),
        refused("TABLE csv.`/etc/passwd`", "the table csv."),
        refused("SELECT (SELECT max(value) FROM text.`/etc/passwd`) AS k", "the table text."),
        refused(
            "SELECT * FROM events WHERE k IN (SELECT k FROM parquet.`$L/plain`)",
            "the table parquet."),
        refused(
            "SELECT * FROM events WHERE EXISTS (SELECT 1 FROM text.`/etc/passwd`)",
            "the table text."),
        refused(
            "SELECT * FROM events, LATERAL (SELECT value FROM text.`/etc/passwd`)",
            "the table text."),
        refused(
            "WITH e AS (SELECT value FROM text.`/etc/passwd`) SELECT * FROM e", "the table text."),
        refused(
            "SELECT sum(k) OVER w FROM events WINDOW w AS (ORDER BY (SELECT 1))",
            "a subquery in a WINDOW clause"),
        refused(
            "SELECT sum(k) OVER w FROM events WINDOW w AS (ORDER BY reflect('java.lang.System', 'gc'))",
            "the function reflect"),
        refused(
            "SELECT * FROM IDENTIFIER('text.`/etc/passwd`')", "plan with unresolved identifier"),
        // tables that are no inputs
        refused("SELECT * FROM $OTHER.m", "the table $OTHER.m"),
        refused("SELECT * FROM spark_catalog.$OTHER.m", "the table spark_catalog.$OTHER.m"),
        refused("SELECT * FROM events JOIN $OTHER.m USING (k)", "the table $OTHER.m"),
        refused("SELECT * FROM session_view", "the table session_view"),
        refused("SELECT * FROM global_temp.shared_view", "the table global_temp.shared_view"),
        refused(
            "SELECT * FROM events UNION ALL SELECT * FROM session_view", "the table session_view"),
        // a common table expression does not see itself, nor a later one, nor is it seen outside
        refused(
            "WITH session_view AS (SELECT * FROM session_view) SELECT * FROM session_view",
            "the table session_view"),
        refused(
            "WITH a AS (SELECT * FROM session_view), session_view AS (SELECT 1 AS k) SELECT * FROM a",
            "the table session_view"),
        refused(
            "SELECT * FROM (WITH session_view AS (SELECT 2 AS k) SELECT * FROM session_view) CROSS JOIN session_view",
            "the table session_view"),
        // code
        refused(
            "SELECT reflect('java.lang.System', 'getenv', 'HOME') AS k", "the function reflect"),
        refused("SELECT JAVA_METHOD('java.lang.System', 'gc') AS k", "the function JAVA_METHOD"),
        refused("SELECT `reflect`('java.lang.System', 'gc') AS k", "the function reflect"),
        refused(
            "SELECT k FROM events WHERE k > reflect('java.lang.System', 'gc')",
            "the function reflect"),
        refused(
            "SELECT k FROM events GROUP BY k HAVING max(x) > reflect('java.lang.System', 'gc')",
            "the function reflect"),
        refused(
            "SELECT transform(a, v -> reflect('java.lang.System', 'gc')) FROM events",
            "the function reflect"),
        refused("SELECT IDENTIFIER('reflect')('java.lang.System', 'gc')", "a name by IDENTIFIER"),
        refused("SELECT default.f(k) FROM events", "the function default.f"),
        refused("SELECT unheard_of(k) FROM events", "the function unheard_of"),
        refused("SELECT TRANSFORM (k) USING 'cat' AS (k) FROM events", "a TRANSFORM script"),
        refused("SELECT * FROM table_changes('$OTHER.m', 0)", "the table function table_changes"),
        refused(
            "SELECT * FROM table_changes_by_path('$L/plain', 0)",
            "the table function table_changes_by_path"),
        refused("SELECT * FROM sql_keywords()", "the table function sql_keywords"),
        refused(
            "SELECT k FROM events LATERAL VIEW java_udtf(k) t AS v",
            "the table function java_udtf"),
        // what is replaced before the SQL is parsed
        refused("SELECT '${env:HOME}' AS k", "the variable ${env:HOME}"),
        refused("SELECT ${spark.app.name} AS k", "the variable ${spark.app.name}"),
        // what another day gives another answer to
        refused("SELECT *, rand() AS r FROM events", "rand, which gives another result"),
        refused("SELECT *, uuid() AS r FROM events", "uuid, which gives another result"),
        refused("SELECT * FROM events WHERE day < now()", "now, which gives another result"),
        refused("SELECT * FROM events WHERE day < current_date", "current_date, which gives"),
        refused(
            "SELECT * FROM events WHERE day < CURRENT_TIMESTAMP()", "which gives another result"),
        refused("SELECT unix_timestamp() AS k FROM events", "unix_timestamp, which gives"),
        refused(
            "SELECT * FROM events WHERE day < DATE'today'", "DATE'today', which is another moment"),
        refused("SELECT * FROM events WHERE day < CAST('now' AS TIMESTAMP)", "'now' as a time"),
        refused(
            "SELECT monotonically_increasing_id() AS k FROM events", "monotonically_increasing_id"),
        refused("SELECT * FROM events TABLESAMPLE (50 PERCENT)", "TABLESAMPLE"));
  }

  private static Arguments refused(String sql, String found) {
    return Arguments.of(sql, found);
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @MethodSource("hostile")
  void refusesWhatIsMoreThanAQueryOverItsInputs(String sql, String found) {
    Map<String, Long> files = files();
    Map<String, String> settings = settings();

    assertThatThrownBy(() -> rows(filled(sql)).collectAsList())
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DEFINITION))
        .hasMessageStartingWith("Cannot run the SQL of view v: ")
        .hasMessageContaining(filled(found));
    assertThat(files()).isEqualTo(files);
    assertThat(settings()).isEqualTo(settings);
    assertThat(spark.catalog().databaseExists(OTHER)).isTrue();
    assertThat(lake.current("predictions.m"))
        .hasValueSatisfying(t -> assertThat(t.version()).isZero());
  }

  @Test
  void saysWhatIsAllowed() {
    assertThatThrownBy(() -> rows("SELECT * FROM predictions.m"))
        .hasMessage(
            "Cannot run the SQL of view v: it has the table predictions.m, which is no input of it, but may only be"
                + " one query (SELECT, WITH, VALUES) over its declared inputs [events, names];"
                + " change the definition");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM events",
        "SELECT * FROM EVENTS AS E WHERE e.K = 1",
        "SELECT * FROM `Events`",
        "TABLE events",
        "VALUES (1, 2), (3, 4)",
        "SELECT 1 AS k",
        "FROM events SELECT k",
        "SELECT DISTINCT k FROM events ORDER BY k LIMIT 5 OFFSET 0",
        "SELECT k, count(*), max(x) FROM events GROUP BY ALL HAVING count(*) > 0",
        "SELECT k, sum(x) FROM events GROUP BY GROUPING SETS ((k), ())",
        "SELECT * FROM events JOIN names USING (k)",
        "SELECT * FROM events e LEFT JOIN names n ON e.k = n.k",
        "SELECT * FROM events LEFT SEMI JOIN names USING (k)",
        "SELECT k FROM events UNION ALL SELECT k FROM names",
        "SELECT k FROM events EXCEPT SELECT k FROM names",
        "SELECT k FROM events INTERSECT SELECT k FROM names",
        "SELECT * FROM events WHERE k IN (SELECT k FROM names)",
        "SELECT * FROM events e WHERE EXISTS (SELECT 1 FROM names n WHERE n.k = e.k)",
        "SELECT k, (SELECT max(name) FROM names) AS name FROM events",
        "SELECT * FROM events e, LATERAL (SELECT name FROM names n WHERE n.k = e.k)",
        "WITH e AS (SELECT * FROM events), f AS (SELECT * FROM e) SELECT * FROM f",
        "WITH events AS (SELECT * FROM events) SELECT * FROM events",
        "WITH e AS (WITH i AS (SELECT * FROM events) SELECT * FROM i) SELECT * FROM E",
        "WITH e AS (SELECT k FROM events) SELECT * FROM names WHERE k IN (SELECT k FROM e)",
        "SELECT k, v FROM events LATERAL VIEW explode(a) t AS v",
        "SELECT k, explode(a) AS v FROM events",
        "SELECT * FROM range(3)",
        "SELECT * FROM explode(array(1, 2))",
        "SELECT sum(x) OVER w FROM events WINDOW w AS (PARTITION BY k ORDER BY day)",
        "SELECT row_number() OVER (PARTITION BY k ORDER BY day) AS n FROM events",
        "SELECT transform(a, v -> v + 1), filter(a, v -> v > 1) FROM events",
        "SELECT /*+ BROADCAST(names) */ * FROM events JOIN names USING (k)",
        "SELECT * FROM events PIVOT (sum(x) FOR k IN (1, 2))",
        "SELECT * FROM events DISTRIBUTE BY k SORT BY k",
        "SELECT input_file_name() AS file, current_user() AS reader FROM events",
        "SELECT CAST(day AS TIMESTAMP) AS t, TIMESTAMP '2013-01-01 05:00:00Z' AS u FROM events",
        "SELECT unix_timestamp(day) AS t, to_date('2013-01-01') AS d, 'now' AS text FROM events",
        "SELECT * FROM events WHERE day >= :from AND day < :to",
        "SELECT CASE WHEN x > 1 THEN 'a' ELSE 'b' END, x BETWEEN 1 AND 2, a[0] FROM events;",
        "SELECT k AS delta, x AS `insert into` FROM events -- DROP TABLE events",
      })
  void runsOneQueryOverItsInputs(String sql) {
    assertThat(rows(sql).collectAsList()).isNotNull();
    assertThat(spark.catalog().tableExists("events")).as("left behind").isFalse();
  }

  @Test
  void acceptsAllShippedDefinitions() {
    Path home = Path.of(System.getProperty("millrace.home"));
    Definitions shipped = Definitions.load(home.resolve("conf"), home, new CanonicalSql());

    shipped
        .sources()
        .values()
        .forEach(
            s ->
                DefinitionGuard.requireQuery(
                    spark, s.table(), s.sql().text(), s.inputs().keySet()));
    shipped
        .views()
        .values()
        .forEach(
            v ->
                DefinitionGuard.requireQuery(
                    spark, v.name(), v.sql().text(), shortNames(v.reads())));
    shipped
        .spines()
        .values()
        .forEach(
            s ->
                DefinitionGuard.requireQuery(
                    spark, s.name(), s.sql().text(), shortNames(s.reads())));
    shipped
        .training()
        .values()
        .forEach(
            t ->
                t.exclude()
                    .ifPresent(
                        sql -> DefinitionGuard.requireCondition(spark, t.model(), sql.text())));
    assertThat(shipped.sources()).hasSize(5);
    assertThat(shipped.views()).hasSize(6);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "k IN (SELECT k FROM text.`/etc/passwd`)",
        "EXISTS (SELECT 1)",
        "(SELECT max(k) FROM events) > 1",
        "reflect('java.lang.System', 'gc') IS NULL",
        "IDENTIFIER('reflect')('java.lang.System', 'gc') IS NULL",
        "x > rand()",
        "day < current_date",
        "k = '${env:HOME}'",
        "unheard_of(k)",
        "k = 1; DROP TABLE events",
      })
  void refusesAConditionOfMoreThanOneRow(String sql) {
    assertThatThrownBy(() -> DefinitionGuard.requireCondition(spark, "exclude of model m", sql))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DEFINITION))
        .hasMessageStartingWith("Cannot run the SQL of exclude of model m: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"k IS NULL", "x > 0 AND coalesce(k, 1) IN (1, 2)", "lower(name) LIKE 'a%'"})
  void acceptsAConditionOfOneRow(String sql) {
    DefinitionGuard.requireCondition(spark, "exclude of model m", sql);

    assertThat(sql).isNotEmpty();
  }

  private Dataset<Row> rows(String sql) {
    Map<String, Dataset<Row>> inputs = new LinkedHashMap<>();
    inputs.put(
        "events", spark.sql("SELECT 1 AS k, 2.5 AS x, array(1, 2) AS a, DATE'2013-01-15' AS day"));
    inputs.put("names", spark.sql("SELECT 1 AS k, 'one' AS name"));
    return new DefinitionSql(lake).rows("view v", sql, inputs, DAY);
  }

  private static String filled(String text) {
    return text.replace("$T", "delta.`$L/warehouse/predictions.db/m`")
        .replace("$L", directory.toString())
        .replace("$OTHER", OTHER);
  }

  private static Set<String> shortNames(List<String> tables) {
    return Set.copyOf(tables.stream().map(DefinitionSql::shortName).toList());
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    spark.conf().getAll().foreach(setting -> settings.put(setting._1(), setting._2()));
    return settings;
  }

  /** Every file of the lake with its time. */
  private static Map<String, Long> files() {
    try (Stream<Path> files = Files.walk(directory)) {
      Map<String, Long> times = new TreeMap<>();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        times.put(file.toString(), Files.getLastModifiedTime(file).toMillis());
      }

      return times;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Both call their input {@code events}, which is a view of the session for a moment. */
  @Test
  void twoThreadsDoNotSeeEachOthersInputs() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<List<String>>> found = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        Dataset<Row> input = spark.range(1).toDF("c" + i % 2);
        found.add(
            threads.submit(
                () ->
                    List.of(
                        new DefinitionSql(lake)
                            .rows("test", "SELECT * FROM events", Map.of("events", input), DAY)
                            .columns())));
      }

      for (int i = 0; i < found.size(); i++) {
        assertThat(found.get(i).get()).containsExactly("c" + i % 2);
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
