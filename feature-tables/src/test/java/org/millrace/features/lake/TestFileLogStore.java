package org.millrace.features.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.storage.CloseableIterator;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.storage.DelegatingLogStore;
import org.apache.spark.sql.delta.storage.LogStoreAdaptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.features.testing.TestSpark;

final class TestFileLogStore {
  private static final int COMMITS = 500;
  private static final String FIRST = "00000000000000000000.json";

  private final Configuration configuration = new Configuration();
  private final FileLogStore store = new FileLogStore(configuration);

  @TempDir Path folder;

  @Test
  void twoProcessesLoseNoCommit() throws Exception {
    Path log = Files.createDirectory(folder.resolve("log"));
    try (OtherJvm one = racing("one", log);
        OtherJvm two = racing("two", log)) {
      OtherJvm.await(folder.resolve("ready-one"));
      OtherJvm.await(folder.resolve("ready-two"));
      Files.createFile(folder.resolve("go"));
      assertThat(one.lines()).isEmpty();
      assertThat(two.lines()).isEmpty();
    }

    List<String> names = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(log)) {
      for (Path file :
          files.filter(file -> !file.getFileName().toString().startsWith(".")).sorted().toList()) {
        names.add(file.getFileName().toString());
        lines.add(Files.readString(file).strip());
      }
    }

    assertThat(names)
        .containsExactlyElementsOf(
            LongStream.range(0, 2 * COMMITS).mapToObj("%020d.json"::formatted).toList());
    assertThat(lines)
        .containsExactlyInAnyOrderElementsOf(
            Stream.of("one", "two")
                .flatMap(name -> IntStream.range(0, COMMITS).mapToObj(i -> name + " " + i))
                .toList());
  }

  private OtherJvm racing(String name, Path log) throws IOException {
    return OtherJvm.start(
        folder.resolve(name + ".txt"),
        RacingWriter.class,
        System.getProperty("millrace.test.log-store", FileLogStore.class.getName()),
        log.toString(),
        name,
        Integer.toString(COMMITS));
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "two words", "50%41 off", "it's \"quoted\"", "Zürich 東京", "a:b"})
  void anyNameOfADirectoryWorks(String name) throws Exception {
    Path log = Files.createDirectories(folder.resolve(name).resolve("_delta_log"));
    org.apache.hadoop.fs.Path file =
        new org.apache.hadoop.fs.Path(new org.apache.hadoop.fs.Path(log.toUri()), FIRST);
    store.write(file, List.of("first", "zweite Zeile ü").iterator(), false, configuration);
    assertThat(Files.readAllLines(log.resolve(FIRST))).containsExactly("first", "zweite Zeile ü");
    assertThat(read(file)).containsExactly("first", "zweite Zeile ü");
    assertThat(listed(new org.apache.hadoop.fs.Path(file.getParent(), FIRST)))
        .containsExactly(FIRST);
    assertThatThrownBy(() -> store.write(file, List.of("x").iterator(), false, configuration))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining(FIRST);
    assertThat(read(file)).containsExactly("first", "zweite Zeile ü");
  }

  @Test
  void linesThatFailLeaveNoFile() {
    Iterator<String> failing =
        Stream.of("first", "second")
            .peek(
                line -> {
                  if (line.equals("second")) {
                    throw new IllegalStateException("no second line");
                  }
                })
            .iterator();
    assertThatThrownBy(() -> store.write(path(FIRST), failing, false, configuration))
        .hasMessage("no second line");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void absentDirectoryIsNotMade() {
    assertThatThrownBy(
            () ->
                store.write(path("absent/" + FIRST), List.of("x").iterator(), false, configuration))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("absent");
  }

  @Test
  void replacedFileIsReadEvenWhereHadoopLeftAChecksum() throws Exception {
    org.apache.hadoop.fs.Path file = path("_last_checkpoint");
    try (var out = file.getFileSystem(configuration).create(file)) {
      out.writeBytes("written by Hadoop, which keeps a checksum beside it\n");
    }

    assertThat(folder.resolve("._last_checkpoint.crc")).exists();
    store.write(file, List.of("new").iterator(), true, configuration);
    assertThat(read(file)).containsExactly("new");
  }

  @Test
  void temporaryFileOfAKilledProcessIsNotListed() throws Exception {
    store.write(path(FIRST), List.of("x").iterator(), false, configuration);
    Files.writeString(folder.resolve("." + FIRST + ".0123.tmp"), "half");
    assertThat(listed(path(FIRST))).containsExactly(FIRST);
  }

  @Test
  void deltaRenamesCheckpointsIntoPlace() {
    assertThat(store.isPartialWriteVisible(path(FIRST), configuration)).isTrue();
  }

  @Test
  void sessionsUseIt() {
    String table = folder.resolve("table").toString();
    DeltaLog log = DeltaLog.forTable(TestSpark.session(), table);
    var delegate = ((DelegatingLogStore) log.store()).getDelegate(log.logPath());
    assertThat(((LogStoreAdaptor) delegate).logStoreImpl()).isExactlyInstanceOf(FileLogStore.class);
  }

  private org.apache.hadoop.fs.Path path(String name) {
    return new org.apache.hadoop.fs.Path(new org.apache.hadoop.fs.Path(folder.toUri()), name);
  }

  private List<String> read(org.apache.hadoop.fs.Path file) throws IOException {
    try (CloseableIterator<String> lines = store.read(file, configuration)) {
      List<String> all = new ArrayList<>();
      lines.forEachRemaining(all::add);
      return all;
    }
  }

  private List<String> listed(org.apache.hadoop.fs.Path from) throws IOException {
    List<String> names = new ArrayList<>();
    Iterator<FileStatus> files = store.listFrom(from, configuration);
    files.forEachRemaining(file -> names.add(file.getPath().getName()));
    return names;
  }
}
