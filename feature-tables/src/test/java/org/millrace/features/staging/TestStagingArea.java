package org.millrace.features.staging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.features.lake.Lake;
import org.millrace.features.testing.TestSpark;

/** Staged rows belong to one attempt, and are whole or not there. */
class TestStagingArea {
  private static final String OBJECT = "predictions.m";
  private static final DayRange FIRST = DayRange.of(LocalDate.parse("2013-12-01"));
  private static final DayRange BOTH =
      new DayRange(LocalDate.parse("2013-12-01"), LocalDate.parse("2013-12-02"));

  @TempDir Path home;

  private Lake lake;
  private StagingArea area;

  @BeforeEach
  void nothingIsStaged() {
    lake = new Lake(TestSpark.session(), home.toString(), ZoneOffset.UTC);
    area = new StagingArea(lake, OBJECT);
  }

  /** What a room says for the next one. */
  record Facts(String model, Instant scoredAt, List<String> engines) {}

  private static final Facts FACTS =
      new Facts("m/1", Instant.parse("2014-01-02T12:00:00Z"), List.of("trees"));

  private static Dataset<Row> rows(long... numbers) {
    List<Row> rows = new ArrayList<>();
    for (long number : numbers) {
      rows.add(RowFactory.create(number));
    }

    return TestSpark.session()
        .createDataFrame(rows, StructType.fromDDL("number BIGINT"))
        .repartition(2);
  }

  private StagedRows stage(DayRange days, String attempt, String fingerprint, long... numbers) {
    StagingArea.Draft draft = area.draft(days, attempt);
    assertThat(draft.write(rows(numbers)).count()).isEqualTo(numbers.length);
    return draft.seal(manifest(days, attempt, fingerprint));
  }

  private static StagedManifest manifest(DayRange days, String attempt, String fingerprint) {
    TreeMap<LocalDate, String> fingerprints = new TreeMap<>();
    TreeMap<LocalDate, RowCounts> counts = new TreeMap<>();
    for (LocalDate day : days.days()) {
      fingerprints.put(day, fingerprint);
      counts.put(day, new RowCounts(3, 2, 0, 1, 0));
    }

    return new StagedManifest(
        OBJECT,
        days,
        "m.score.2013-12-01",
        attempt,
        fingerprints,
        counts,
        "",
        List.of(new TableVersion("raw.t", "/lake/raw.t", 4)),
        StagedManifest.facts(FACTS));
  }

  private Path directory(StagedRows staged) {
    return Path.of(staged.directory().replaceFirst("^file:", ""));
  }

  private List<Path> parquet(StagedRows staged) {
    try (Stream<Path> files = Files.list(directory(staged))) {
      return files.filter(file -> file.toString().endsWith(".parquet")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatIsSealedIsFoundAsItWas() {
    StagedRows staged = stage(BOTH, "one", "f", 1, 2, 3, 4);

    StagedRows found = area.find(manifest -> true).orElseThrow();

    assertThat(found.manifest()).isEqualTo(staged.manifest());
    assertThat(found.manifest().inputs()).hasSize(1);
    assertThat(found.manifest().facts(Facts.class)).isEqualTo(FACTS);
    assertThat(found.manifest().totalRows()).isEqualTo(new RowCounts(6, 4, 0, 2, 0));
    assertThat(found.manifest().acceptedRows()).containsEntry(BOTH.to(), 2L).hasSize(2);
    assertThat(found.manifest().partitions("PASS"))
        .containsEntry(
            Partition.of(BOTH.to()), new PartitionNote("f", new RowCounts(3, 2, 0, 1, 0), "PASS"));
    assertThat(found.rows().count()).isEqualTo(4);
    assertThat(directory(staged).getFileName()).hasToString("2013-12-01_2013-12-02.one");
  }

  @Test
  void factsOfAnotherRoomAreRefused() {
    StagedManifest manifest = stage(FIRST, "one", "f", 1).manifest();

    assertThatThrownBy(() -> manifest.facts(PartitionNote.class))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT))
        .hasMessageContaining("their manifest does not have the facts that are expected");
  }

  @Test
  void eachAttemptWritesInADirectoryOfItsOwn() {
    StagedRows one = stage(FIRST, "one", "f", 1, 2);
    StagedRows two = stage(FIRST, "two", "g", 3);

    assertThat(area.whole()).hasSize(2);
    assertThat(one.rows().count()).isEqualTo(2);
    assertThat(two.rows().count()).isEqualTo(1);
    assertThat(area.find(manifest -> manifest.attempt().equals("one")).orElseThrow().rows().count())
        .isEqualTo(2);
    assertThat(area.find(manifest -> true).orElseThrow().manifest().attempt())
        .isEqualTo("two"); // the greatest name
    assertThat(new StagingArea(lake, "predictions.other").whole()).isEmpty();
  }

  @Test
  void rowsWithoutAManifestAreNotThere() throws IOException {
    area.draft(FIRST, "killed").write(rows(1, 2));
    assertThat(area.whole()).isEmpty();

    StagedRows sealed = stage(FIRST, "whole", "f", 1);
    Path manifest = directory(sealed).resolve("_manifest.json");
    Files.move(manifest, directory(sealed).resolve("_manifest.json.unfinished"));

    assertThat(area.whole()).isEmpty();
    assertThat(area.find(any -> true)).isEmpty();
  }

  static Stream<Arguments> changes() {
    return Stream.of(
        Arguments.of(
            "added",
            (Consumer<Path>)
                file -> act(() -> Files.copy(file, file.resolveSibling("more.parquet")))),
        Arguments.of("removed", (Consumer<Path>) file -> act(() -> Files.delete(file))),
        Arguments.of(
            "renamed",
            (Consumer<Path>)
                file ->
                    act(
                        () ->
                            Files.move(
                                file,
                                file.resolveSibling("other.parquet"),
                                StandardCopyOption.ATOMIC_MOVE))),
        Arguments.of(
            "truncated",
            (Consumer<Path>)
                file ->
                    act(
                        () -> {
                          try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
                            open.setLength(open.length() - 1);
                          }
                        })),
        Arguments.of("edited", (Consumer<Path>) file -> act(() -> edit(file))),
        Arguments.of(
            "edited beside the checksums of the file system",
            (Consumer<Path>)
                file ->
                    act(
                        () -> {
                          edit(file);
                          Files.delete(file.resolveSibling("." + file.getFileName() + ".crc"));
                        })));
  }

  /** Another byte, at the same length and the same age. */
  private static void edit(Path file) throws IOException {
    FileTime age = Files.getLastModifiedTime(file);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    Files.setLastModifiedTime(file, age);
  }

  private interface FileWork {
    void run() throws IOException;
  }

  private static void act(FileWork work) {
    try {
      work.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest(name = "a file {0}")
  @MethodSource("changes")
  void filesThatChangedSinceTheSealAreRefused(String name, Consumer<Path> change) {
    StagedRows staged = stage(FIRST, "one", "f", 1, 2, 3, 4);
    change.accept(parquet(staged).get(0));

    StagedRows found = area.find(any -> true).orElseThrow();

    assertThatThrownBy(found::rows)
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.DATA_CONTRACT))
        .hasMessageContaining("their files changed since they were sealed; delete the directory");
  }

  @Test
  void rowsAreVerifiedInTheTimeThatReadingTheirBytesTakes() throws Exception {
    StagingArea.Draft draft = area.draft(FIRST, "one");
    Dataset<Row> random =
        TestSpark.session().range(0, 4_000_000, 1, 2).selectExpr("rand(7) AS number");
    assertThat(draft.write(random).count()).isEqualTo(4_000_000);
    StagedRows staged = draft.seal(manifest(FIRST, "one", "f"));
    StagingFiles files = new StagingFiles(lake);
    long bestHash = Long.MAX_VALUE;
    long bestDigest = Long.MAX_VALUE;
    for (int i = 0; i < 6; i++) {
      long start = System.nanoTime();
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      for (Path file : parquet(staged)) {
        hash.update(Files.readAllBytes(file));
      }
      assertThat(hash.digest()).hasSize(32);
      long middle = System.nanoTime();
      assertThat(files.digest(new org.apache.hadoop.fs.Path(staged.directory())))
          .isEqualTo(staged.manifest().digest());
      bestHash = Math.min(bestHash, middle - start);
      bestDigest = Math.min(bestDigest, System.nanoTime() - middle);
    }

    assertThat(bestDigest).isLessThan(4 * bestHash);
  }

  static Stream<byte[]> damages() {
    return Stream.of(
        new byte[0],
        "{\"object\": \"predictions.m\", \"da".getBytes(StandardCharsets.UTF_8),
        "null".getBytes(StandardCharsets.UTF_8),
        "{\"days\": 7}".getBytes(StandardCharsets.UTF_8),
        new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
  }

  @ParameterizedTest
  @MethodSource("damages")
  void rowsWithADamagedManifestAreNotThereAndSwept(byte[] damage) throws IOException {
    StagedRows damaged = stage(FIRST, "damaged", "f", 1);
    stage(DayRange.of(BOTH.to()), "other", "f", 1);
    Files.write(directory(damaged).resolve("_manifest.json"), damage);
    Files.deleteIfExists(directory(damaged).resolve("._manifest.json.crc"));

    assertThat(area.whole()).hasSize(1);
    assertThat(area.find(any -> true).orElseThrow().manifest().attempt()).isEqualTo("other");
    assertThat(area.sweep(BOTH, any -> true)).containsExactly("2013-12-01.damaged");
    assertThat(directory(damaged)).doesNotExist();
  }

  @Test
  void aManifestThatTheFileSystemFindsDamagedIsNotThereEither() throws IOException {
    StagedRows damaged = stage(FIRST, "damaged", "f", 1);
    Path manifest = directory(damaged).resolve("_manifest.json");
    Files.writeString(manifest, Files.readString(manifest).replace("one", "two").replace("f", "g"));

    assertThat(area.whole()).isEmpty();
    assertThat(area.sweep(BOTH, any -> true)).containsExactly("2013-12-01.damaged");
  }

  @Test
  void partitionedFilesAreSealedToo() throws IOException {
    StagingArea.Draft draft = area.draft(FIRST, "one");
    draft.write(rows(1, 2, 3).selectExpr("number", "number % 2 AS part"), "part");
    StagedRows staged = draft.seal(manifest(FIRST, "one", "f"));
    assertThat(staged.rows().count()).isEqualTo(3);

    Path part = directory(staged).resolve("part=0");
    Files.move(part, directory(staged).resolve("part=7"));

    assertThatThrownBy(staged::rows).hasMessageContaining("changed since they were sealed");
  }

  @Test
  void sweepRemovesWithinTheDaysWhatIsNotKept() {
    stage(FIRST, "stale", "old", 1);
    stage(FIRST, "wanted", "new", 1);
    area.draft(FIRST, "killed").write(rows(1));
    stage(BOTH, "reaches beyond", "old", 1);
    stage(DayRange.of(BOTH.to()), "other day", "old", 1);

    List<String> removed =
        area.sweep(FIRST, manifest -> manifest.fingerprints().containsValue("new"));

    assertThat(removed).containsExactlyInAnyOrder("2013-12-01.stale", "2013-12-01.killed");
    assertThat(area.whole())
        .extracting(staged -> staged.manifest().attempt())
        .containsExactlyInAnyOrder("wanted", "reaches beyond", "other day");
    assertThat(area.sweep(BOTH, manifest -> false)).hasSize(3);
    assertThat(area.whole()).isEmpty();
  }

  @Test
  void sweepAllRemovesWhateverTheDays() {
    stage(FIRST, "whole", "new", 1);
    area.draft(BOTH, "killed").write(rows(1));

    assertThat(area.sweepAll()).containsExactlyInAnyOrder("2013-12-01.whole", BOTH + ".killed");
    assertThat(area.whole()).isEmpty();
    assertThat(area.sweepAll()).isEmpty();
  }

  @Test
  void discardLeavesNothing() {
    StagedRows staged = stage(FIRST, "one", "f", 1);

    staged.discard();

    assertThat(directory(staged)).doesNotExist();
    assertThat(area.whole()).isEmpty();
  }

  @Test
  void whatAnEarlierReleaseStagedIsLeftAlone() throws IOException {
    Path old = home.resolve("staging/predictions.m/2013-12-01");
    rows(1).write().parquet(old.toString());
    Files.writeString(old.resolveSibling("2013-12-01.manifest.json"), "{}");
    Path foreign = home.resolve("staging/predictions.m/notes.of.mine");
    Files.createDirectories(foreign);

    assertThat(area.whole()).isEmpty();
    assertThat(area.sweep(BOTH, manifest -> false)).isEmpty();
    assertThat(old).isDirectory();
    assertThat(foreign).isDirectory();
  }
}
