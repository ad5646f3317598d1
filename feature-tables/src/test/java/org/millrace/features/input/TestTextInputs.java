package org.millrace.features.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.millrace.features.input.InputDirectory.schema;
import static org.millrace.features.input.InputDirectory.values;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.definition.InputDefinition.TextOptions;

class TestTextInputs {
  @TempDir private Path directory;
  private InputDirectory input;

  @BeforeEach
  void start() {
    input = new InputDirectory(directory);
  }

  @Test
  void typesAreFoundWhereNoValueLosesAnything() {
    input.text(
        "a.csv",
        """
        id,zip,big,share,paid,day,at,seat,serial,none
        1,00501,9007199254740993,0.25,true,2024-03-01,2024-03-01 05:00:00,1D,12345678901234567890,
        2,10001,2,1e-3,False,2024-03-02,2024-03-01T06:00:00+01:00,2F,1,
        ,,,,,,,,,
        """);

    Dataset<Row> rows = input.rows();
    assertThat(schema(rows))
        .isEqualTo(
            "id BIGINT, zip STRING, big BIGINT, share DOUBLE, paid BOOLEAN, day DATE,"
                + " at TIMESTAMP, seat STRING, serial STRING, none STRING");
    assertThat(values(rows))
        .containsExactly(
            "1|00501|9007199254740993|0.25|true|2024-03-01|2024-03-01T05:00:00Z|1D|12345678901234567890|null",
            "2|10001|2|0.001|false|2024-03-02|2024-03-01T05:00:00Z|2F|1|null",
            "null|null|null|null|null|null|null|null|null|null");
  }

  @Test
  void quotesLinesAndSeparatorsInValuesAreKept() {
    input.text("a.csv", "id,text\r\n1,\"say \"\"hi\"\", ok\nnext \\ line\"\r\n2,\"\"\r\n3,\r\n");

    assertThat(values(input.rows()))
        .containsExactly("1|say \"hi\", ok\nnext \\ line", "2|", "3|null");
  }

  @Test
  void filesMayNameTheirColumnsInAnotherOrder() {
    input.text("1.csv", "a,b\n1,x\n").text("2.csv", "c,b,a\n0.5,y,2\n");

    assertThat(schema(input.rows())).isEqualTo("a BIGINT, b STRING, c DOUBLE");
    assertThat(values(input.rows())).containsExactly("1|x|null", "2|y|0.5");
  }

  @Test
  void separatorsMarksAndCompressionAreSeen() throws IOException {
    input.text("semicolon/a.csv", "\uFEFFa;b\n1;x,y\n").text("tab/a.tsv", "a\tb\n1\tx,y\n");
    Path zipped = Files.createDirectories(directory.resolve("zipped")).resolve("a.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
      out.write("a,b\n1,\"x,y\"\n".getBytes(StandardCharsets.UTF_8));
    }

    for (String place : new String[] {"semicolon", "tab", "zipped"}) {
      assertThat(schema(input.found(place))).as(place).isEqualTo("a BIGINT, b STRING");
      assertThat(values(input.found(place))).as(place).containsExactly("1|x,y");
    }
  }

  @Test
  void oneColumnIsNoSeparatorsFault() {
    input.text("a.csv", "a\n1\n2\n");
    assertThat(values(input.rows())).containsExactly("1", "2");
  }

  @Test
  void declaredTypesHold() {
    input.text("a.csv", "id,at,amount,code\n7,2024-03-01 00:00:00,NA,007\n");
    TextOptions options =
        new TextOptions(
            Optional.empty(), true, "UTF-8", List.of("NA"), ZoneId.of("America/New_York"));

    Dataset<Row> rows =
        input.declared(Map.of("id", "int", "at", "timestamp", "amount", "decimal(9,2)"), options);
    assertThat(schema(rows)).isEqualTo("id INT, at TIMESTAMP, amount DECIMAL(9,2), code STRING");
    assertThat(values(rows)).containsExactly("7|2024-03-01T05:00:00Z|null|007");
    assertThatThrownBy(
            () -> input.declared(Map.of("nope", "int", "id", "int"), TextOptions.DEFAULTS))
        .hasMessageContaining("'columns' names nope, which no file has; there are id, at, amount");
  }

  @Test
  void aValueThatIsNotOfItsTypeIsNamedWithItsFile() {
    input.text("a.csv", "id,amount\n1,2.50\n2,abc\n");

    assertThatThrownBy(
            () -> values(input.declared(Map.of("amount", "double"), TextOptions.DEFAULTS)))
        .hasStackTraceContaining(
            "Cannot read column 'amount' of the input: expected DOUBLE, found 'abc' in %s/a.csv: it is no number"
                .formatted(directory));
  }

  @Test
  void linesThatAreCutShortOrTooLongAreRefused() {
    input.text("a.csv", "id,amount\n1,2\n3\n");
    assertThatThrownBy(() -> values(input.rows()))
        .hasStackTraceContaining(
            "a record of %s/a.csv is not as its columns are: '3'".formatted(directory));
    input.text("a.csv", "id,amount\n1,2\n3,4,5\n");
    assertThatThrownBy(() -> values(input.rows().select("id")))
        .hasStackTraceContaining("is not as its columns are: '3,4,5'");
    assertThatThrownBy(() -> input.rows().count()).hasStackTraceContaining("is not as its columns");
  }

  @Test
  void headersThatCannotBeUsedAreRefused() {
    input.text("a.csv", "id,ID\n1,2\n");
    assertThatThrownBy(input::rows).hasMessageContaining("a.csv names column 'ID' twice");
    input.text("a.csv", "");
    assertThatThrownBy(input::rows).hasMessageContaining("a.csv is empty: not even its columns");
  }

  @Test
  void anotherCharacterSetIsSeenAndCanBeNamed() throws IOException {
    Files.write(directory.resolve("a.csv"), "city\nZürich\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> values(input.rows()))
        .hasStackTraceContaining("not written in the character set that it is read by");

    TextOptions latin =
        new TextOptions(
            Optional.empty(), true, "ISO-8859-1", List.of(), TextOptions.DEFAULTS.zone());
    assertThat(values(input.declared(Map.of(), latin))).containsExactly("Zürich");
  }

  @Test
  void jsonIsLinesOrAnArray() {
    input
        .text("1.json", "{\"id\": 1, \"zip\": \"00501\", \"amount\": 2.5}\n{\"id\": 2}\n")
        .text("2.json", "[{\"id\": 3, \"zip\": \"501\", \"more\": {\"a\": [1]}},\n {\"id\": 4}]");

    assertThat(schema(input.rows()))
        .isEqualTo("amount DOUBLE, id BIGINT, zip STRING, more STRUCT<a: ARRAY<BIGINT>>");
    assertThat(values(input.rows().select("id", "zip")))
        .containsExactly("1|00501", "2|null", "3|501", "4|null");
    assertThat(
            values(
                input
                    .declared(Map.of("id", "int", "amount", "decimal(9,3)"), TextOptions.DEFAULTS)
                    .select("id", "amount")))
        .containsExactly("1|2.500", "2|null", "3|null", "4|null");
  }

  @Test
  void numbersOfJsonKeepTheirDigits() {
    input.text(
        "1.json", "{\"id\": 9007199254740993, \"amount\": 123456789012345678.25, \"n\": 1.5}\n");

    assertThat(
            values(
                input.declared(
                    Map.of("id", "decimal(20,0)", "amount", "decimal(20,2)"),
                    TextOptions.DEFAULTS)))
        .containsExactly("123456789012345678.25|9007199254740993|1.5");
    assertThatThrownBy(() -> values(input.declared(Map.of("n", "int"), TextOptions.DEFAULTS)))
        .hasStackTraceContaining("Cannot read column 'n' of the input: expected INT, found '1.5");
    input.text("1.json", "{\"n\": 200, \"m\": 12.0, \"code\": 7, \"d\": 10.005}\n");
    assertThat(
            values(
                input
                    .declared(
                        Map.of("n", "smallint", "m", "int", "code", "string"), TextOptions.DEFAULTS)
                    .select("n", "m", "code")))
        .containsExactly("200|12|7");
    assertThatThrownBy(() -> values(input.declared(Map.of("n", "tinyint"), TextOptions.DEFAULTS)))
        .hasStackTraceContaining("found '200");
    assertThatThrownBy(
            () -> values(input.declared(Map.of("d", "decimal(9,2)"), TextOptions.DEFAULTS)))
        .hasStackTraceContaining("do not fit DECIMAL(9,2)");
  }

  @Test
  void emptyFilesOfJsonAreToldAndEmptyArraysAreNone() {
    input.text("1.json", "[]").text("2.json", "[{\"id\": 1, \"note\": \"caf\uFFFD\"}]");
    assertThat(values(input.rows())).containsExactly("1|caf\uFFFD");
    input.text("3.json", "");
    assertThatThrownBy(input::rows).hasMessageContaining("3.json is empty; have its producer");
  }

  @Test
  void timesOfJsonAreFoundAndNumbersInTextsAreNot() {
    input.text("1.json", "{\"at\": \"2024-03-01T05:00:00Z\", \"code\": \"12\"}\n");
    assertThat(schema(input.rows())).isEqualTo("at TIMESTAMP, code STRING");
  }

  @Test
  void aFileOfNoRecordIsTold() {
    input.text("1.json", "{\n  \"id\": 1\n}\n");
    assertThatThrownBy(input::rows)
        .hasMessageContaining("1.json has no record; JSON is one object");
  }

  @Test
  void numbersThatADoubleDoesNotHoldAreTexts() {
    input.text(
        "a.csv",
        "id,code,far,small,fine\n9007199254740993,1E5,1e400,1e-05,0.1\n0.5,12E4,1.5,2.5,1.0e10\n");
    assertThat(schema(input.rows()))
        .isEqualTo("id STRING, code STRING, far STRING, small DOUBLE, fine DOUBLE");
    input.text("a.csv", "x,y\n0.10000000000000001,9.223372036854776e+18\n-0.0,100.0\n");
    assertThat(schema(input.rows())).isEqualTo("x DOUBLE, y DOUBLE");
  }

  @Test
  void theSeparatorIsTheOneThatMakesMostColumns() {
    input.text("a.csv", "batch;flour, kg;eggs\n1;2;3\n");
    assertThat(schema(input.rows())).isEqualTo("batch BIGINT, flour, kg BIGINT, eggs BIGINT");
  }

  @Test
  void filesWithoutAHeaderHaveTheDeclaredColumnsInOrder() {
    input.text("day=1/a.csv", "1,5;x\n2,5;y\n");
    TextOptions headless =
        new TextOptions(Optional.empty(), false, "UTF-8", List.of(), TextOptions.DEFAULTS.zone());
    Map<String, String> columns = new LinkedHashMap<>();
    columns.put("amount", "string");
    columns.put("name", "string");
    columns.put("other", "string");
    columns.put("day", "int");
    assertThatThrownBy(() -> values(input.declared(columns, headless)))
        .hasStackTraceContaining("is not as its columns are");
    columns.remove("other");
    input.text("day=1/a.csv", "1.5;x\n2.5;y\n");
    assertThat(values(input.declared(columns, headless))).containsExactly("1.5|x|1", "2.5|y|1");
  }

  @Test
  void signsOfCommentsAreNone() {
    input.text("a.csv", "#id,name\n1,x\n#2,y\n");
    assertThat(values(input.rows())).containsExactly("#2|y", "1|x");
  }

  @Test
  void aQuoteThatNothingClosesDoesNotSwallowLines() {
    input.text("a.csv", "id,note\n1,\"5 inch\n2,ok\n3,\"7 inch\n");
    assertThatThrownBy(() -> values(input.rows())).hasStackTraceContaining("nescaped quote");
    input.text("a.csv", "id,note\n1,\"5 inch\n2,ok\n3,fine\n");
    assertThatThrownBy(input::rows)
        .hasMessageContaining("a value in quotes does not end in %s/a.csv".formatted(directory));
    input.text("a.csv", "id,note\n1,5\" pipe\n2,\"ok\"\n");
    assertThat(values(input.rows())).containsExactly("1|5\" pipe", "2|ok");
  }

  @Test
  void brokenJsonIsRefused() {
    input.text("1.json", "{\"id\": 1}\n{\"id\": \n");
    assertThatThrownBy(() -> values(input.rows()))
        .hasStackTraceContaining("a record of %s/1.json is not as".formatted(directory));
  }
}
