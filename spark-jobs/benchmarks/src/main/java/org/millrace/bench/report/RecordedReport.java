package org.millrace.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * Puts a table between its markers in a Markdown file, in the place of the one before. A table
 * without markers yet is added above its group's anchor, {@code <!-- bench GROUP: ... -->}.
 */
public final class RecordedReport {
  private RecordedReport() {}

  /**
   * Rewrites the file.
   *
   * @param subject such as {@code scoring.mlp}; its group is what is before the dot
   * @throws MillraceException DEFINITION where the file has no such anchor
   */
  public static void write(Path file, String subject, String body) throws IOException {
    Files.writeString(file, replaced(Files.readString(file), subject, body));
  }

  static String replaced(String text, String subject, String body) {
    String begin = "<!-- begin " + subject + " -->\n";
    String end = "<!-- end " + subject + " -->\n";
    String block = begin + body + end;
    int from = text.indexOf(begin);
    int to = text.indexOf(end);
    if (from >= 0 && to > from) {
      return text.substring(0, from) + block + text.substring(to + end.length());
    }

    String anchor = "<!-- bench " + subject.split("\\.", 2)[0] + ":";
    int place = text.indexOf(anchor);
    if (place < 0) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot record %s: no line %s in the file vs one; add it where the tables are to be"
              .formatted(subject, anchor));
    }

    return text.substring(0, place) + block + "\n" + text.substring(place);
  }
}
