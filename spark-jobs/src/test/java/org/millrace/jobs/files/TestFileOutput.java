package org.millrace.jobs.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.ProcessStamp;
import org.millrace.contracts.files.OutputMark;
import org.millrace.contracts.files.OutputRequest;
import org.millrace.contracts.files.OutputRequest.Format;
import org.millrace.features.testing.TestSpark;

@Tag("slow")
final class TestFileOutput {
  private static final SparkSession SPARK = TestSpark.session();
  private static final String DEAD = "1f0e0c6a-0000-4000-8000-00000000dead";

  @TempDir Path directory;
  private Path output;

  @BeforeEach
  void namePlace() throws IOException {
    directory = directory.toRealPath();
    output = directory.resolve("output");
  }

  @ParameterizedTest
  @CsvSource({"PARQUET,PARQUET", "PARQUET,DELTA", "DELTA,PARQUET", "DELTA,DELTA"})
  void replacesWhatAFormerCallWrote(Format former, Format next) throws IOException {
    write(former, 1);
    write(next, 2);

    assertThat(ids(next)).containsExactly(2L);
    assertThat(list(directory)).as("nothing is left beside it").containsExactly("output");
    if (former == Format.DELTA && next == Format.DELTA) {
      assertThat(
              SPARK.read().format("delta").option("versionAsOf", 0).load(output.toString()).count())
          .as("a reader of the old version goes on")
          .isEqualTo(1);
    }
  }

  @Test
  void namesTheCommandAndTheRunInTheOutput() throws IOException {
    write(Format.PARQUET, 1);

    OutputMark mark =
        OutputMark.read(Files.readString(output.resolve("_millrace.json"))).orElseThrow();
    assertThat(mark.command()).isEqualTo("asof");
    assertThat(mark.run()).hasSize(36);
    assertThat(mark.files()).contains("_SUCCESS").hasSizeGreaterThan(1);
  }

  @Test
  void takesAnEmptyDirectoryIfItMayOverwrite() throws IOException {
    Files.createDirectory(output);
    assertRefused(new OutputRequest(output.toString(), Format.PARQUET, false))
        .hasMessage(
            "Cannot write " + output + ": it is there already; give another path, or --overwrite");

    write(Format.PARQUET, 1);
    assertThat(ids(Format.PARQUET)).containsExactly(1L);
  }

  @Test
  void refusesADirectoryOfOtherFiles() throws IOException {
    for (String name : List.of("a.txt", "b.txt", "c.txt", "d.txt")) {
      Files.createDirectories(output);
      Files.writeString(output.resolve(name), name);
    }

    assertRefused(Format.PARQUET)
        .hasMessage(
            "Cannot overwrite "
                + output
                + ": there are 4 entries (a.txt, b.txt, c.txt, ...) and no mark of asof or"
                + " score-file (_millrace.json), and only what a former asof or score-file of this"
                + " release wrote is replaced; delete it yourself if it may go, or give another"
                + " path");
  }

  @Test
  void refusesWhatAnEarlierReleaseWrote() {
    SPARK.range(1).write().parquet(output.toString());

    assertRefused(Format.DELTA).hasMessageContaining("and no mark of asof or score-file");
  }

  @Test
  void refusesAFile() throws IOException {
    Files.writeString(output, "kept");

    assertRefused(Format.PARQUET).hasMessageContaining("it is a file, not a directory of rows");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PARQUET", "DELTA"})
  void refusesTheDeltaTableOfAnotherProgram(Format format) {
    SPARK.range(1).write().format("delta").save(output.toString());

    assertRefused(format)
        .hasMessageContaining("it is a Delta table whose newest commit carries no mark");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PARQUET", "DELTA"})
  void refusesATableThatAnotherProgramHasChangedSince(Format format) {
    write(Format.DELTA, 1);
    SPARK.range(5).write().format("delta").mode("append").save(output.toString());

    assertRefused(format)
        .hasMessageContaining("it is a Delta table whose newest commit carries no mark");
  }

  @ParameterizedTest
  @CsvSource({
    "PARQUET,beside the rows of a former asof there is 1 entry (notes.txt)",
    "DELTA,beside its Delta table there is 1 entry (notes.txt)"
  })
  void refusesAnOutputWithFilesOfOthersInIt(Format former, String message) throws IOException {
    write(former, 1);
    Files.writeString(output.resolve("notes.txt"), "kept");

    assertRefused(Format.PARQUET).hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void refusesASymbolicLink(boolean isWhole) throws IOException {
    Path elsewhere = directory.resolve("elsewhere");
    output = elsewhere;
    if (isWhole) {
      write(Format.PARQUET, 1); // it would be ours, but the link is not
    } else {
      Files.createDirectory(elsewhere);
    }

    output = Files.createSymbolicLink(directory.resolve("link"), elsewhere);
    assertRefused(Format.PARQUET).hasMessageContaining("it is a symbolic link to " + elsewhere);
  }

  @Test
  void refusesAnInputByWhateverName() throws IOException {
    Path spine = directory.resolve("data/spine");
    SPARK.range(3).write().parquet(spine.toString());
    Files.createSymbolicLink(directory.resolve("data/alias"), spine);
    Files.createSymbolicLink(directory.resolve("other"), directory.resolve("data"));
    String written = "; give another path";

    assertNotApart(spine, spine).hasMessageContaining("it is the input " + spine + written);
    assertNotApart(directory.resolve("x/../data/spine"), spine)
        .hasMessageContaining("it is the input");
    assertNotApart(directory.resolve("other/spine"), spine).hasMessageContaining("it is the input");
    assertNotApart(spine, directory.resolve("data/alias")).hasMessageContaining("it is the input");
    assertNotApart(directory.resolve("data"), spine)
        .hasMessageContaining("the input " + spine + " lies in it" + written);
    assertNotApart(directory.resolve("other/alias/below/more"), spine)
        .hasMessageContaining("it lies in the input " + spine + written);
    assertThat(SPARK.read().parquet(spine.toString()).count()).isEqualTo(3);

    apart(directory.resolve("data/spine2"), spine); // a name that only begins alike
    apart(directory.resolve("data/spin"), spine);
  }

  @ParameterizedTest
  @ValueSource(strings = {"parquet", "delta"})
  void refusesTheDirectoryOfATableThatWasGivenByItsName(String format) {
    Path place = directory.resolve("table");
    SPARK.range(3).write().format(format).save(place.toString());
    SPARK.sql("CREATE TABLE named_input USING " + format + " LOCATION '" + place + "'");
    try {
      SPARK.sql("CREATE VIEW view_of_input AS SELECT * FROM named_input");
      for (String name : List.of("named_input", "view_of_input")) {
        List<org.apache.hadoop.fs.Path> places = InputTable.open(SPARK, name).places();
        OutputRequest below =
            new OutputRequest(place.resolve("below").toString(), Format.PARQUET, false);
        try (FileOutput output = new FileOutput(SPARK, below, "asof", List.of())) {
          assertThatThrownBy(() -> output.requireApart(places))
              .isInstanceOf(MillraceException.class)
              .hasMessageContaining("it lies in the input file:" + place);
        }
      }
    } finally {
      SPARK.sql("DROP VIEW IF EXISTS view_of_input");
      SPARK.sql("DROP TABLE named_input");
    }
  }

  @Test
  void keepsTheOldOutputIfTheNewOneFails() {
    write(Format.PARQUET, 1);
    Map<String, String> before = content();

    try (FileOutput next = new FileOutput(SPARK, request(Format.PARQUET), "asof", List.of())) {
      assertThatThrownBy(
              () ->
                  next.stage(
                      SPARK.sql(
                          "SELECT CAST(raise_error('broken') AS BIGINT) AS id FROM range(3)")))
          .hasStackTraceContaining("broken");
      assertThat(content()).containsAllEntriesOf(before);
    }

    assertThat(content()).isEqualTo(before);
  }

  @Test
  void waitsForTheTasksThatAFailedJobLeavesBehind() throws IOException {
    // the second task sleeps while the first one fails, and then makes its file
    String one = "SELECT CAST(raise_error('broken') AS BIGINT) AS id FROM range(0, 1, 1, 1)";
    String slow =
        "SELECT CAST(java_method('java.lang.Thread', 'sleep', id) IS NULL AS BIGINT) AS id"
            + " FROM range(1500, 1501, 1, 1)";

    try (FileOutput next = new FileOutput(SPARK, request(Format.PARQUET), "asof", List.of())) {
      assertThatThrownBy(() -> next.stage(SPARK.sql(slow + " UNION ALL " + one)))
          .hasStackTraceContaining("broken");
    }

    assertThat(RunningTasks.count(SPARK)).isZero();
    assertThat(list(directory)).isEmpty();
  }

  @Test
  void refusesWhatCameToThePlaceInTheMeantime() throws IOException {
    try (FileOutput next = new FileOutput(SPARK, request(Format.PARQUET), "asof", List.of())) {
      next.stage(SPARK.range(1).toDF());
      Files.createDirectory(output);
      Files.writeString(output.resolve("precious"), "kept");

      assertThatThrownBy(next::publish).hasMessageContaining("there is 1 entry (precious)");
    }

    assertThat(output.resolve("precious")).hasContent("kept");
    assertThat(list(directory)).containsExactly("output");
  }

  @Test
  void putsTheOldOutputBackIfTheNewOneDoesNotGetToItsPlace() throws IOException {
    write(Format.PARQUET, 1);
    Map<String, String> before = content();
    SideDirectory side = side(DEAD, ProcessStamp.ofThisProcess().orElseThrow().toString(), "here");
    side.make();

    assertThatThrownBy(() -> side.putInPlace(side.rows())) // nothing was staged there
        .isInstanceOf(IOException.class);
    side.delete();

    assertThat(content()).isEqualTo(before);
  }

  @Test
  void putsBackWhatAKilledCallHadMovedAside() throws IOException {
    write(Format.PARQUET, 1);
    Map<String, String> before = content();
    side(DEAD, "1@1", host()).make();
    Path left = directory.resolve(".output." + DEAD + ".unfinished");
    Files.move(output, left.resolve("replaced"));

    assertThatThrownBy(
            () ->
                new FileOutput(
                    SPARK,
                    new OutputRequest(output.toString(), Format.PARQUET, false),
                    "asof",
                    List.of()))
        .hasMessageContaining("it is there already");
    assertThat(content()).isEqualTo(before);
  }

  @Test
  void deletesWhatAKilledCallLeftAndNothingElse() throws IOException {
    String running = ProcessStamp.ofThisProcess().orElseThrow().toString();
    side(DEAD, "1@1", host()).make();
    side(DEAD.replace("dead", "beef"), running, host()).make();
    side(DEAD.replace("dead", "cafe"), "1@1", "another host").make();
    Files.createDirectory(
        directory.resolve(".output." + DEAD.replace("dead", "0000") + ".unfinished"));
    Files.createDirectory(directory.resolve(".output.unfinished"));
    Files.createDirectory(directory.resolve(".output.mine.unfinished"));

    write(Format.PARQUET, 1);

    assertThat(list(directory))
        .containsExactlyInAnyOrder(
            "output",
            ".output.unfinished",
            ".output.mine.unfinished",
            ".output." + DEAD.replace("dead", "beef") + ".unfinished",
            ".output." + DEAD.replace("dead", "cafe") + ".unfinished",
            ".output." + DEAD.replace("dead", "0000") + ".unfinished");
  }

  private SideDirectory side(String run, String process, String host) throws IOException {
    org.apache.hadoop.fs.Path target = new org.apache.hadoop.fs.Path(output.toString());
    return new SideDirectory(
        target.getFileSystem(SPARK.sessionState().newHadoopConf()),
        target,
        new OutputMark(OutputMark.PROGRAM, "asof", run, host, process, List.of()));
  }

  private static String host() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
  }

  private void write(Format format, long id) {
    try (FileOutput written = new FileOutput(SPARK, request(format), "asof", List.of())) {
      written.stage(SPARK.range(id, id + 1).toDF());
      written.publish();
    }
  }

  private OutputRequest request(Format format) {
    return new OutputRequest(output.toString(), format, true);
  }

  /** Looks as a call does that may overwrite. */
  private static void apart(Path output, Path input) {
    OutputRequest request = new OutputRequest(output.toString(), Format.PARQUET, true);
    List<org.apache.hadoop.fs.Path> inputs = InputTable.paths(input.toString());
    new FileOutput(SPARK, request, "asof", inputs).close();
  }

  private static AbstractThrowableAssert<?, ?> assertNotApart(Path output, Path input) {
    return assertThatThrownBy(() -> apart(output, input))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DEFINITION));
  }

  private AbstractThrowableAssert<?, ?> assertRefused(Format format) {
    return assertRefused(request(format));
  }

  /** Asserts the category, and that every file is as it was. */
  private AbstractThrowableAssert<?, ?> assertRefused(OutputRequest request) {
    Map<String, String> before = content();
    AbstractThrowableAssert<?, ?> refused =
        assertThatThrownBy(() -> new FileOutput(SPARK, request, "asof", List.of()).close())
            .isInstanceOfSatisfying(
                MillraceException.class,
                e -> assertThat(e.category()).isEqualTo(ErrorCategory.DEFINITION));
    assertThat(content()).isEqualTo(before);
    return refused;
  }

  private List<Long> ids(Format format) {
    return SPARK.read().format(format.source()).load(output.toString()).collectAsList().stream()
        .map(row -> row.getLong(0))
        .toList();
  }

  /** Every file below the directory, links followed, with its digest. */
  private Map<String, String> content() {
    Map<String, String> content = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
      tree.filter(Files::isRegularFile)
          .forEach(file -> content.put(directory.relativize(file).toString(), Digest.sha256(file)));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }

    return content;
  }

  private static List<String> list(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).toList();
    }
  }
}
