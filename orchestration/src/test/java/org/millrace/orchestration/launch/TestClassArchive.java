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

class TestClassArchive {
  @Test
  void isWrittenOnceThenReadUntilAJarChanges(@TempDir Path directory) throws IOException {
    Path jars = Files.createDirectory(directory.resolve("jars"));
    Files.setLastModifiedTime(jars, FileTime.from(Instant.EPOCH));
    Path jobsJar = Files.createFile(directory.resolve("jobs.jar"));
    Files.setLastModifiedTime(jobsJar, FileTime.from(Instant.EPOCH));
    ClassArchive archive =
        new ClassArchive(
            new SparkRuntime(Optional.empty(), jars), jobsJar, directory, "spark", false);
    String draft = "spark.jsa." + ProcessHandle.current().pid();
    assertThat(archive.reading()).isEmpty();
    assertThat(archive.writing())
        .contains("-XX:ArchiveClassesAtExit=" + directory + "/" + draft, "-Xlog:disable");
    archive.keep(); // nothing was written: nothing happens
    assertThat(archive.reading()).isEmpty();

    Files.createFile(directory.resolve(draft));
    archive.discard();
    archive.keep();
    assertThat(archive.reading()).isEmpty();

    Files.createFile(directory.resolve(draft));
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
  void removesWhatKilledProgramsLeft(@TempDir Path directory) throws Exception {
    Path jars = Files.createDirectory(directory.resolve("jars"));
    Path jobsJar = Files.createFile(directory.resolve("jobs.jar"));
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    Path left = Files.createFile(directory.resolve("spark.jsa." + ended.pid()));
    Path own = Files.createFile(directory.resolve("spark.jsa." + ProcessHandle.current().pid()));
    Path other = Files.createFile(directory.resolve("spark.jsa.old"));

    new ClassArchive(new SparkRuntime(Optional.empty(), jars), jobsJar, directory, "spark", false)
        .writing();

    assertThat(left).doesNotExist();
    assertThat(own).exists();
    assertThat(other).exists();
  }

  @Test
  void leavesAnInstalledSparkAlone(@TempDir Path directory) throws IOException {
    Files.createFile(directory.resolve("spark.jsa"));
    ClassArchive archive =
        new ClassArchive(
            new SparkRuntime(Optional.of(directory.resolve("spark-submit")), directory),
            directory.resolve("jobs.jar"),
            directory,
            "spark",
            false);

    assertThat(archive.reading()).isEmpty();
    assertThat(archive.writing()).isEmpty();
  }

  @Test
  void isNotUsedWithJvmOptionsOfTheUser(@TempDir Path directory) throws IOException {
    Path jars = Files.createDirectory(directory.resolve("jars"));
    Path jobsJar = Files.createFile(directory.resolve("jobs.jar"));
    ClassArchive archive =
        new ClassArchive(
            new SparkRuntime(Optional.empty(), jars), jobsJar, directory, "spark", true);

    assertThat(archive.writing()).isEmpty();
    Files.setLastModifiedTime(
        Files.createFile(directory.resolve("spark.jsa")),
        FileTime.from(Instant.parse("2999-01-01T00:00:00Z")));
    assertThat(archive.reading()).isEmpty();
  }
}
