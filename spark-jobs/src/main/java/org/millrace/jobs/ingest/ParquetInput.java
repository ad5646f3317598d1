package org.millrace.jobs.ingest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.millrace.contracts.Digest;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * Looks at the first and the last bytes of the files of an input, which are the same in all Parquet
 * files (Parquet's format specification, "File format"), so that the usual mistakes are told before
 * Spark starts to read. Driver only.
 */
final class ParquetInput {
  private static final int MAGIC_BYTES = 4;
  private static final String MAGIC = "PAR1";
  private static final String MAGIC_OF_ENCRYPTED = "PARE";

  private ParquetInput() {}

  /**
   * Fails if a file is no whole Parquet file, as far as its two ends say.
   *
   * @param what names the input in an error
   * @throws MillraceException of category DATA_CONTRACT, or INPUT_MISSING if there is no file
   */
  static void require(String what, Path path) {
    for (Path file : Digest.filesRead(path)) {
      try (FileChannel channel = FileChannel.open(file)) {
        require(what, file, channel);
      } catch (IOException e) {
        throw new MillraceException(
            ErrorCategory.INPUT_MISSING, "Cannot read %s: %s".formatted(what, e), e);
      }
    }
  }

  private static void require(String what, Path file, FileChannel channel) throws IOException {
    long length = channel.size();
    String first = text(channel, 0);
    if (!isMagic(first)) {
      throw wrong(
          what,
          file
              + (length == 0 ? " is empty" : " is no Parquet file, it starts with '" + first + "'")
              + "; inputs are Parquet files: convert it, or move it away");
    }

    if (length < 3 * MAGIC_BYTES || !isMagic(text(channel, length - MAGIC_BYTES))) {
      throw wrong(
          what,
          "%s is cut short: its %,d bytes do not end as a Parquet file ends; have its producer write it again"
              .formatted(file, length));
    }
  }

  private static boolean isMagic(String bytes) {
    return bytes.equals(MAGIC) || bytes.equals(MAGIC_OF_ENCRYPTED);
  }

  private static String text(FileChannel channel, long position) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(MAGIC_BYTES);
    channel.read(bytes, position);
    return new String(bytes.array(), 0, bytes.position(), ISO_8859_1).replaceAll("\\p{Cntrl}", "?");
  }

  private static MillraceException wrong(String what, String why) {
    return new MillraceException(
        ErrorCategory.DATA_CONTRACT, "Cannot read %s: %s".formatted(what, why));
  }
}
