package org.millrace.features.input;

import com.univocity.parsers.csv.CsvParser;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.InputDefinition.TextOptions;

/**
 * Looks whether the last value of a CSV file ends: a quote that is never closed makes one value of
 * all lines after it, and neither Spark nor its parser says so. A file with an even number of
 * quotes is not looked at further.
 *
 * <p>Placement: driver only; the bytes of each file are read once, which costs little beside the
 * parsing of it.
 */
final class ClosedQuotes {
  private static final int BUFFER_BYTES = 1 << 16;

  private ClosedQuotes() {}

  /**
   * Fails if it does not.
   *
   * @param what names the input in an error
   */
  static void require(
      Configuration hadoop, String what, Path file, String separator, TextOptions options) {
    try {
      if (isOdd(hadoop, file) && isOpen(hadoop, file, separator, options)) {
        throw new MillraceException(
            ErrorCategory.DATA_CONTRACT,
            "Cannot read %s: a value in quotes does not end in %s, and would hold all lines after it; have its producer write it again"
                .formatted(what, FoundFiles.shown(file)));
      }
    } catch (IOException e) {
      throw Causes.reading(FoundFiles.shown(what, file), e);
    }
  }

  private static boolean isOdd(Configuration hadoop, Path file) throws IOException {
    byte[] bytes = new byte[BUFFER_BYTES];
    long quotes = 0;
    try (InputStream in = CsvLayout.open(hadoop, file)) {
      for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
        for (int at = 0; at < count; at++) {
          quotes += bytes[at] == '"' ? 1 : 0;
        }
      }
    }

    return quotes % 2 != 0;
  }

  private static boolean isOpen(
      Configuration hadoop, Path file, String separator, TextOptions options) throws IOException {
    CsvParser parser = CsvLayout.parser(separator, true);
    @Nullable String last = null;
    try (InputStream in = CsvLayout.open(hadoop, file)) {
      parser.beginParsing(in, options.encoding());
      for (@Nullable String @Nullable [] line = parser.parseNext();
          line != null;
          line = parser.parseNext()) {
        last = line.length == 0 ? null : line[line.length - 1];
      }
    }

    return last != null
        && last.startsWith("\"")
        && (last.length() == 1 || !last.stripTrailing().endsWith("\""));
  }
}
