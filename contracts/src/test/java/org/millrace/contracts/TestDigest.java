package org.millrace.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
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
  void aListingIsTheNamesSizesAndTimesOfWhatSparkReads() throws IOException {
    Path part = Files.createDirectories(directory.resolve("_day=2013-01-01")).resolve("a.parquet");
    Files.writeString(part, "one");
    String before = Digest.listing(directory);

    Files.writeString(directory.resolve("_SUCCESS"), "");
    Files.writeString(directory.resolve(".a.parquet.crc"), "crc");
    assertThat(Digest.listing(directory)).as("files that are not read").isEqualTo(before);

    Files.writeString(part, "three");
    String changed = Digest.listing(directory);
    assertThat(changed).as("another size").isNotEqualTo(before);

    Files.move(part, part.resolveSibling("b.parquet"));
    assertThat(Digest.listing(directory)).as("another name").isNotIn(before, changed);
  }

  @Test
  void aListingSeesAFileOfEqualSizeWhoseModificationTimeWasSetBack() throws IOException {
    Path file = Files.writeString(directory.resolve("a.parquet"), "one");
    FileTime time = FileTime.from(Instant.parse("2013-01-01T00:00:00Z"));
    Files.setLastModifiedTime(file, time);
    String before = Digest.listing(file);
    assertThat(Digest.listing(file)).isEqualTo(before);

    Files.writeString(file, "two");
    Files.setLastModifiedTime(file, time);

    assertThat(Digest.listing(file)).isNotEqualTo(before);
  }

  @Test
  void aListingFollowsLinks() throws IOException {
    Path real = Files.createDirectories(directory.resolve("real"));
    Files.writeString(real.resolve("a.parquet"), "one");
    Path link = Files.createSymbolicLink(directory.resolve("link"), real);

    assertThat(Digest.listing(link)).isEqualTo(Digest.listing(real));
  }

  @Test
  void whatHasNothingToReadIsMissing() throws IOException {
    Path empty = Files.createDirectories(directory.resolve("empty"));
    Files.writeString(empty.resolve("_SUCCESS"), "");

    assertMissing(empty).hasMessageContaining("no file is in it; run again when");
    assertMissing(directory.resolve("absent")).hasMessageContaining("absent");
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ?> assertMissing(Path path) {
    return assertThatThrownBy(() -> Digest.listing(path))
        .isInstanceOfSatisfying(
            MillraceException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.INPUT_MISSING));
  }
}
