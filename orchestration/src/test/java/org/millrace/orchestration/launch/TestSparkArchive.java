package org.millrace.orchestration.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestSparkArchive {
  @Test
  void isWrittenOnceThenReadUntilAJarChanges(@TempDir Path directory) throws IOException {
    Path jars = Files.createDirectory(directory.resolve("jars"));
    Files.setLastModifiedTime(jars, FileTime.from(Instant.EPOCH));
    Path jobsJar = Files.createFile(directory.resolve("jobs.jar"));
    Files.setLastModifiedTime(jobsJar, FileTime.from(Instant.EPOCH));
    SparkArchive archive =
        new SparkArchive(new SparkRuntime(Optional.empty(), jars), jobsJar, directory, false);
    assertThat(archive.reading()).isEmpty();
    assertThat(archive.writing())
        .contains("-XX:ArchiveClassesAtExit=" + directory + "/spark.jsa.new", "-Xlog:disable");
    archive.keep(); // nothing was written: nothing happens
    assertThat(archive.reading()).isEmpty();

    Files.createFile(directory.resolve("spark.jsa.new"));
    archive.discard();
    archive.keep();
    assertThat(archive.reading()).isEmpty();

    Files.createFile(directory.resolve("spark.jsa.new"));
    archive.keep();
    assertThat(archive.writing()).isEmpty();
    assertThat(archive.reading())
        .contains("-XX:SharedArchiveFile=" + directory + "/spark.jsa", "-Xshare:auto");

    for (Path changed : List.of(jars, jobsJar)) {
      Files.setLastModifiedTime(changed, FileTime.from(Instant.parse("2999-01-01T00:00:00Z")));
      assertThat(archive.reading()).isEmpty();
      assertThat(archive.writing()).isNotEmpty();
      Files.setLastModifiedTime(changed, FileTime.from(Instant.EPOCH));
      assertThat(archive.reading()).isNotEmpty();
    }
  }

  @Test
  void leavesAnInstalledSparkAlone(@TempDir Path directory) throws IOException {
    Files.createFile(directory.resolve("spark.jsa"));
    SparkArchive archive =
        new SparkArchive(
            new SparkRuntime(Optional.of(directory.resolve("spark-submit")), directory),
            directory.resolve("jobs.jar"),
            directory,
            false);

    assertThat(archive.reading()).isEmpty();
    assertThat(archive.writing()).isEmpty();
  }

  @Test
  void isNotUsedWithJvmOptionsOfTheUser(@TempDir Path directory) throws IOException {
    Path jars = Files.createDirectory(directory.resolve("jars"));
    Path jobsJar = Files.createFile(directory.resolve("jobs.jar"));
    SparkArchive archive =
        new SparkArchive(new SparkRuntime(Optional.empty(), jars), jobsJar, directory, true);

    assertThat(archive.writing()).isEmpty();
    Files.setLastModifiedTime(
        Files.createFile(directory.resolve("spark.jsa")),
        FileTime.from(Instant.parse("2999-01-01T00:00:00Z")));
    assertThat(archive.reading()).isEmpty();
  }
}
