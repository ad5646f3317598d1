package org.millrace.features.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.millrace.features.input.InputDirectory.schema;
import static org.millrace.features.input.InputDirectory.values;

import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.InputDefinition.TextOptions;
import org.millrace.features.testing.TestSpark;

class TestInputReader {
  @TempDir private Path directory;
  private InputDirectory input;

  @BeforeEach
  void start() {
    input = new InputDirectory(directory);
  }

  @Test
  void namesOfDirectoriesAreTexts() {
    for (String code : new String[] {"007", "7", "1D", "2024-01-01", "a%2Fb"}) {
      input.parquet("code=" + code + "/a.parquet", "SELECT 1 AS x");
    }

    input.parquet("code=__HIVE_DEFAULT_PARTITION__/a.parquet", "SELECT 1 AS x");

    assertThat(schema(input.rows())).isEqualTo("x INT, code STRING");
    assertThat(values(input.rows()))
        .containsExactly("1|007", "1|1D", "1|2024-01-01", "1|7", "1|a/b", "1|null");
    assertThat(values(input.found("code=0*").select("code"))).containsExactly("007");
  }

  @Test
  void namesOfDirectoriesHaveTheTypeThatIsDeclared() {
    input.parquet("day=2024-01-01/n=1/a.parquet", "SELECT 1 AS x");
    input.parquet("day=2024-01-02/n=2/a.parquet", "SELECT 2 AS x");

    assertThat(schema(input.declared(Map.of("day", "date", "n", "int"), TextOptions.DEFAULTS)))
        .isEqualTo("x INT, day DATE, n INT");
    assertThat(values(input.declared(Map.of("n", "int"), TextOptions.DEFAULTS).where("n = 2")))
        .containsExactly("2|2024-01-02|2");
    assertRefused(
            () -> input.declared(Map.of("day", "int"), TextOptions.DEFAULTS),
            ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining(
            "Cannot read column 'day' of the input: expected INT, found '2024-01-01' in "
                + directory);
  }

  @Test
  void columnsAreThoseOfAllFilesByName() {
    input
        .parquet("1.parquet", "SELECT 1 AS k, 1.5D AS x")
        .parquet("2.parquet", "SELECT 2 AS k, 2.5D AS x, 'p' AS y")
        .parquet("3.parquet", "SELECT 'r' AS y, 3.5D AS X, 3 AS k");

    assertThat(schema(input.rows())).isEqualTo("k INT, x DOUBLE, y STRING");
    assertThat(values(input.rows())).containsExactly("1|1.5|null", "2|2.5|p", "3|3.5|r");
  }

  @Test
  void typesAreWidenedWhereNothingIsLost() {
    input
        .parquet(
            "1.parquet",
            "SELECT 1 AS i, CAST(0.1 AS FLOAT) AS f, CAST(1.50 AS DECIMAL(9,2)) AS d,"
                + " TIMESTAMP_NTZ'2024-01-01 05:00:00' AS t, CAST(7 AS SMALLINT) AS m,"
                + " named_struct('a', 1) AS s, array(1) AS l")
        .parquet(
            "2.parquet",
            "SELECT 7000000000L AS i, 0.1D AS f, CAST(1.2345 AS DECIMAL(12,4)) AS d,"
                + " TIMESTAMP'2024-01-01 05:00:00Z' AS t, CAST(2.5 AS FLOAT) AS m,"
                + " named_struct('a', 2, 'b', 'x') AS s, array(2L) AS l");

    assertThat(schema(input.rows()))
        .isEqualTo(
            "i BIGINT, f DOUBLE, d DECIMAL(12,4), t TIMESTAMP, m FLOAT,"
                + " s STRUCT<a: INT, b: STRING>, l ARRAY<BIGINT>");
    assertThat(values(input.rows().selectExpr("i", "f", "d", "t", "m", "s.b", "l[0]")))
        .containsExactly(
            "1|0.10000000149011612|1.5000|2024-01-01T05:00:00Z|7.0|null|1",
            "7000000000|0.1|1.2345|2024-01-01T05:00:00Z|2.5|x|2");
  }

  @Test
  void filesThatNoTypeUnitesAreNamed() {
    input.parquet("1.parquet", "SELECT 1L AS x").parquet("2.parquet", "SELECT 1.5D AS x");

    assertRefused(input::rows, ErrorCategory.DATA_CONTRACT)
        .hasMessage(
            "Cannot read the input: column 'x' is BIGINT in %1$s/1.parquet and DOUBLE in %1$s/2.parquet, and no type holds both without loss; have its producer write them again with one type, or move one away"
                .formatted(directory));
  }

  @Test
  void nanosecondsAreMicrosecondsWhereNoDigitIsLost() throws IOException {
    nanos("ok.parquet", 1_709_000_000_000_001_000L);
    assertThat(schema(input.rows())).isEqualTo("k INT, at TIMESTAMP");
    assertThat(values(input.rows())).containsExactly("1|2024-02-27T02:13:20.000001Z");

    nanos("lost.parquet", 1_709_000_000_000_001_001L);
    assertThat(values(input.rows().select("k")))
        .as("it is not asked for")
        .containsExactly("1", "1");
    assertThatThrownBy(() -> values(input.rows()))
        .hasStackTraceContaining("lost.parquet has a time of 1709000000000001001 ns since 1970");

    input.parquet("us.parquet", "SELECT 2 AS k, TIMESTAMP'2024-01-01 00:00:00Z' AS at");
    assertThat(values(input.rows().where("k = 2"))).containsExactly("2|2024-01-01T00:00:00Z");
  }

  @Test
  void oldTimesAreReadAsTheyAreWritten() throws IOException {
    MessageType schema =
        MessageTypeParser.parseMessageType(
            "message m { required int32 born (DATE); required int64 at (TIMESTAMP(MICROS,true)); }");
    try (ParquetWriter<Group> writer = writer("old.parquet", schema)) {
      SimpleGroup row = new SimpleGroup(schema);
      row.add("born", -171_605); // 1500-03-01
      row.add("at", -62_135_596_800_000_000L); // 0001-01-01T00:00:00Z
      writer.write(row);
    }

    assertThat(values(input.rows())).containsExactly("1500-03-01|0001-01-01T00:00:00Z");
  }

  @Test
  void filesInPlainDirectoriesAreReadToo() {
    input.parquet("2024/01/a.parquet", "SELECT 1 AS x").parquet("2024/b.parquet", "SELECT 2 AS x");

    assertThat(values(input.rows())).containsExactly("1", "2");
    assertThat(values(input.found("2024/*.parquet"))).containsExactly("2");
  }

  @Test
  void emptyFilesHaveColumns() {
    input.parquet("a.parquet", "SELECT 1 AS x, 'a' AS y WHERE 1 = 0");
    assertThat(schema(input.rows())).isEqualTo("x INT, y STRING");
    assertThat(values(input.rows())).isEmpty();
  }

  @Test
  void otherFormatsAreReadByTheSameRule() {
    for (String format : new String[] {"orc", "avro"}) {
      InputDirectory of = new InputDirectory(directory.resolve(format));
      of.file(format, "1." + format, "SELECT 1 AS x, 'a' AS y")
          .file(format, "2." + format, "SELECT 7000000000L AS x");
      assertThat(schema(of.rows())).as(format).isEqualTo("x BIGINT, y STRING");
      assertThat(values(of.rows())).as(format).containsExactly("1|a", "7000000000|null");
    }
  }

  @Test
  void namesThatSqlCannotTellApartAreRefused() throws IOException {
    MessageType schema =
        MessageTypeParser.parseMessageType("message m { required int32 x; required int32 X; }");
    try (ParquetWriter<Group> writer = writer("a.parquet", schema)) {
      SimpleGroup row = new SimpleGroup(schema);
      row.add("x", 1);
      row.add("X", 2);
      writer.write(row);
    }

    assertRefused(input::rows, ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining("names differ in case alone, such as 'X'");
  }

  @Test
  void whatIsNotThereIsMissing() {
    assertRefused(() -> input.found("absent"), ErrorCategory.INPUT_MISSING)
        .hasMessage(
            "Cannot read %s/absent: nothing is there; check the path, or wait for its producer"
                .formatted(directory));
    assertRefused(() -> input.found("*.parquet"), ErrorCategory.INPUT_MISSING)
        .hasMessageContaining("no file in %s and below has such a name".formatted(directory));
    input.text("_SUCCESS", "");
    assertRefused(input::rows, ErrorCategory.INPUT_MISSING)
        .hasMessageContaining("no file is in it");
  }

  @Test
  void directoriesAndFilesOfSeveralKindsAreRefused() {
    input.parquet("a=1/a.parquet", "SELECT 1 AS x").parquet("b=1/a.parquet", "SELECT 1 AS x");
    assertRefused(input::rows, ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining("its directories name other columns");

    InputDirectory mixed = new InputDirectory(directory.resolve("mixed"));
    mixed.parquet("a.parquet", "SELECT 1 AS x").text("a.csv", "x\n1\n");
    assertRefused(mixed::rows, ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining("its files are of several formats, such as ");
  }

  @Test
  void filesOfADeltaTableAreNotReadWithoutIt() {
    Path table = directory.resolve("table");
    TestSpark.session()
        .sql("SELECT 1 AS x, 'a' AS p")
        .write()
        .format("delta")
        .partitionBy("p")
        .save(table.toString());
    assertThat(values(input.found("table"))).containsExactly("1|a");

    for (String part : new String[] {"table/p=a", "table/*/*.parquet", ""}) {
      assertRefused(() -> input.found(part), ErrorCategory.DEFINITION)
          .hasMessageContaining("those of the Delta table " + table);
    }
  }

  @Test
  void namesThatSparkWouldLeaveOutOrTakeForPatternsAreSeen() {
    input.parquet("_rows.parquet", "SELECT 1 AS x").parquet("rows[1] %.parquet", "SELECT 2 AS x");

    assertRefused(() -> input.found("_rows.parquet"), ErrorCategory.DEFINITION)
        .hasMessageContaining("are left out by Spark; give it another name");
    assertThat(values(input.found("rows[1] %.parquet"))).containsExactly("2");
    assertThat(values(input.rows())).containsExactly("2");
  }

  @Test
  void optionsOfTextsAreRefusedWhereTheyHaveNoEffect() {
    input.parquet("a.parquet", "SELECT 1 AS x");
    TextOptions berlin =
        new TextOptions(Optional.empty(), true, "UTF-8", List.of(), ZoneId.of("Europe/Berlin"));

    assertRefused(() -> input.declared(Map.of(), berlin), ErrorCategory.DEFINITION)
        .hasMessageContaining("its files are PARQUET; separator, header and encoding are of CSV");
  }

  @Test
  void timesInNanosecondsInsideOfListsAreRefused() throws IOException {
    MessageType schema =
        MessageTypeParser.parseMessageType(
            "message m { required group g { required int64 at (TIMESTAMP(NANOS,true)); } }");
    try (ParquetWriter<Group> writer = writer("a.parquet", schema)) {
      SimpleGroup row = new SimpleGroup(schema);
      row.addGroup("g").add("at", 1L);
      writer.write(row);
    }

    assertRefused(input::rows, ErrorCategory.DATA_CONTRACT)
        .hasMessageContaining("column 'g' of " + directory + "/a.parquet holds times in nanos");
  }

  private void nanos(String name, long nanos) throws IOException {
    MessageType schema =
        MessageTypeParser.parseMessageType(
            "message m { required int32 k; required int64 at (TIMESTAMP(NANOS,true)); }");
    try (ParquetWriter<Group> writer = writer(name, schema)) {
      SimpleGroup row = new SimpleGroup(schema);
      row.add("k", 1);
      row.add("at", nanos);
      writer.write(row);
    }
  }

  private ParquetWriter<Group> writer(String name, MessageType schema) throws IOException {
    return ExampleParquetWriter.builder(
            new org.apache.hadoop.fs.Path(directory.resolve(name).toUri()))
        .withConf(new Configuration())
        .withType(schema)
        .build();
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      ThrowingCallable call, ErrorCategory category) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            MillraceException.class, e -> assertThat(e.category()).isEqualTo(category));
  }
}
