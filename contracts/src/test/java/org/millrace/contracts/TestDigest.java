package org.millrace.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestDigest {
  @TempDir private Path directory;

  @Test
  void aFileIsItsBytes() throws IOException {
    Path file = Files.writeString(directory.resolve("abc"), "abc");

    // the example of FIPS 180-4
    assertThat(Digest.sha256(file))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @Test
  void aDirectoryIsTheNamesAndBytesOfWhatSparkReadsInIt() throws IOException {
    Path part = Files.createDirectories(directory.resolve("day=2013-01-01")).resolve("a.parquet");
    Files.writeString(part, "one");
    String before = Digest.sha256(directory);

    Files.writeString(directory.resolve("_SUCCESS"), "");
    Files.writeString(directory.resolve(".a.parquet.crc"), "crc");
    assertThat(Digest.sha256(directory)).as("files that are not read").isEqualTo(before);

    Files.writeString(part, "two");
    String changed = Digest.sha256(directory);
    assertThat(changed).as("other bytes").isNotEqualTo(before);

    Files.move(part, part.resolveSibling("b.parquet"));
    assertThat(Digest.sha256(directory)).as("another name").isNotIn(before, changed);
  }

  @Test
  void whatHasNothingToReadIsMissing() throws IOException {
    Path empty = Files.createDirectories(directory.resolve("empty"));
    Files.writeString(empty.resolve("_SUCCESS"), "");

    assertMissing(empty).hasMessageContaining("no file is in it; run again when");
    assertMissing(directory.resolve("absent")).hasMessageContaining("absent");
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ?> assertMissing(Path path) {
    return assertThatThrownBy(() -> Digest.sha256(path))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.INPUT_MISSING));
  }
}
