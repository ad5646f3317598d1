package org.millrace.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TestWholeFile {
  @TempDir Path directory;

  @Test
  void makesAndReplacesAFileThatItsOwnerAloneReads() throws IOException {
    Path file = directory.resolve("new/state.json");
    WholeFile.write(file, "old".getBytes(UTF_8));

    assertThat(WholeFile.write(file, "new".getBytes(UTF_8))).isEqualTo(file).hasContent("new");
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(file.getParent()).isDirectoryNotContaining(other -> !other.equals(file));
  }

  @Test
  void afterAFailureTheOldFileIsThereAndNothingElse() throws IOException {
    Path file = WholeFile.write(directory.resolve("state.json"), "old".getBytes(UTF_8));

    assertThatThrownBy(
            () ->
                WholeFile.write(
                    file,
                    unfinished -> {
                      Files.writeString(unfinished, "half");
                      throw new IOException("the disk is full");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("the disk is full");
    assertThat(file).hasContent("old");
    assertThat(directory).isDirectoryNotContaining(other -> !other.equals(file));
  }

  @Test
  void aDirectoryInItsPlaceIsLeftAlone() throws IOException {
    Path file = directory.resolve("state.json");
    Files.createDirectories(file.resolve("inside"));

    assertThatThrownBy(() -> WholeFile.write(file, new byte[0])).isInstanceOf(IOException.class);
    assertThat(file.resolve("inside")).isDirectory();
    assertThat(directory).isDirectoryNotContaining(other -> !other.equals(file));
  }
}
