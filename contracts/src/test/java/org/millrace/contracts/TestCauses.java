package org.millrace.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnknownHostException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;

final class TestCauses {
  @Test
  void wordsHaveNoNamesOfClasses() {
    assertThat(Causes.words(new NoSuchFileException("/a/b"))).isEqualTo("/a/b does not exist");
    assertThat(Causes.words(new AccessDeniedException("/a"))).isEqualTo("access to /a is denied");
    assertThat(Causes.words(new FileSystemException("/a", null, "No space left on device")))
        .isEqualTo("No space left on device (/a)");
    assertThat(Causes.words(new IOException("broken pipe\nmore"))).isEqualTo("broken pipe");
    assertThat(Causes.words(new UncheckedIOException(new IOException("broken pipe"))))
        .isEqualTo("broken pipe");
    assertThat(Causes.words(new UncheckedIOException(new AccessDeniedException("/data/sub"))))
        .isEqualTo("access to /data/sub is denied");
    assertThat(Causes.words(new MalformedInputException(1)))
        .isEqualTo("its bytes are not text in UTF-8");
    assertThat(Causes.words(new UnknownHostException("node1"))).isEqualTo("host node1 is unknown");
    assertThat(Causes.words(new EOFException())).isEqualTo("it ends too early");
    assertThat(Causes.words(new IllegalStateException())).isEqualTo("IllegalStateException");
  }

  @Test
  void whatCannotBeReadIsGoneBrokenOrOutOfReach() {
    assertReading(new FileNotFoundException("/a (No such file)"), ErrorCategory.INPUT_MISSING);
    assertReading(new NoSuchFileException("/a"), ErrorCategory.INPUT_MISSING);
    assertReading(new ZipException("invalid block type"), ErrorCategory.DATA_CONTRACT);
    assertReading(new IOException("not a gzip file"), ErrorCategory.DATA_CONTRACT);
    assertReading(new EOFException(), ErrorCategory.DATA_CONTRACT);
    assertReading(
        new IOException("can not read class org.apache.parquet.format.FileMetaData: x"),
        ErrorCategory.DATA_CONTRACT);
    assertReading(new AccessDeniedException("/a"), ErrorCategory.EXTERNAL);
    assertReading(new FileNotFoundException("/a (Permission denied)"), ErrorCategory.EXTERNAL);
    assertReading(new FileNotFoundException("/a (Too many open files)"), ErrorCategory.EXTERNAL);
    assertReading(
        new EOFException("local host is: a; destination host is: b"), ErrorCategory.EXTERNAL);
    assertReading(new IOException("timed out"), ErrorCategory.EXTERNAL);
    assertThat(Causes.reading("input 'x'", new IOException("timed out")))
        .hasMessage(
            "Cannot read input 'x': timed out; check its rights, and whether its storage answers")
        .hasCauseInstanceOf(IOException.class);
  }

  private static void assertReading(IOException failure, ErrorCategory category) {
    assertThat(Causes.reading("x", failure).category()).isEqualTo(category);
  }

  @Test
  void aSentenceOfOursBelowIsTheFailure() {
    MillraceException ours = new MillraceException(ErrorCategory.BUSY, "Cannot do this: do that");

    IOException wrapped = new IOException("a", new IllegalStateException(ours));
    assertThat(Causes.reading("x", wrapped)).isSameAs(ours);
    assertThat(Causes.ours(new IOException("a"))).isEmpty();
  }

  @Test
  void aCircleOfCausesEnds() {
    IOException first = new IOException("first");
    first.initCause(new IOException("second", first));

    assertThat(Causes.ours(first)).isEmpty();
  }
}
