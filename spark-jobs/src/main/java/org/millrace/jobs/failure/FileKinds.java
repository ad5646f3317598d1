package org.millrace.jobs.failure;

import java.util.List;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;

/** Files that are broken or gone. */
final class FileKinds {
  private static final String DELTA_OR_STAGED =
      ": another run replaced or removed it; give the same command again when that run has ended,"
          + " and ask `millrace doctor --lake` if it is gone then too";

  static final List<Kind> ALL =
      List.of(
          new Kind(
              cause -> isGone(cause) && isOfLake(cause),
              ErrorCategory.BUSY,
              (cause, chain) -> "Cannot read " + Wording.pathOr(chain, "a file") + DELTA_OR_STAGED),
          new Kind(
              FileKinds::isGone,
              ErrorCategory.INPUT_MISSING,
              (cause, chain) ->
                  "Cannot read "
                      + Wording.pathOr(chain, "an input")
                      + ": it does not exist; check the path, or give the same command again when"
                      + " its producer has written it"),
          new Kind(
              cause -> cause.isError("UNABLE_TO_INFER_SCHEMA"),
              ErrorCategory.INPUT_MISSING,
              (cause, chain) ->
                  "Cannot read "
                      + Wording.pathOr(chain, "an input")
                      + ": there is no file to take its columns from; give the same command again"
                      + " when its producer has written it"),
          new Kind(
              cause -> cause.isError("MALFORMED_CSV_RECORD", "MALFORMED_RECORD_IN_PARSING"),
              ErrorCategory.DATA_CONTRACT,
              (cause, chain) -> malformed(chain)),
          new Kind(
              cause -> cause.isOneOf("TextParsingException"),
              ErrorCategory.DATA_CONTRACT,
              (cause, chain) ->
                  "Cannot read "
                      + Wording.pathOr(chain, "an input of CSV")
                      + ": a value in quotes does not end, or holds a quote that is not doubled;"
                      + " have its producer write it again"),
          new Kind(
              FileKinds::isBroken,
              ErrorCategory.DATA_CONTRACT,
              (cause, chain) ->
                  "Cannot read "
                      + Wording.pathOr(chain, "an input file")
                      + ": it is broken or not of its format"
                      + reason(chain)
                      + "; have its producer write it again, or restore it"));

  private FileKinds() {}

  /** True for a file that is there and cannot be decoded. */
  static boolean isBroken(Cause cause) {
    return cause.isError("CANNOT_READ_FILE_FOOTER", "FAILED_READ_FILE", "_LEGACY_ERROR_TEMP_2064")
        || cause.throwable().filter(Causes::isBroken).isPresent()
        || cause.says("Encountered error while reading file")
        || cause.isOneOf(
            "ChecksumException",
            "ParquetDecodingException",
            "ZipException",
            "EOFException",
            "FileFormatException");
  }

  private static boolean isGone(Cause cause) {
    return cause.isOneOf(
            "SparkFileNotFoundException",
            "FileNotFoundException",
            "NoSuchFileException",
            "InvalidInputException")
        || cause.isError("PATH_NOT_FOUND", "DELTA_FILE_NOT_FOUND");
  }

  private static boolean isOfLake(Cause cause) {
    return cause.says("/warehouse/", "/staging/");
  }

  /** What the reader said last, without the file, which stands before it. */
  private static String reason(CauseChain chain) {
    String last = Wording.plain(chain.innermost().message());
    String words = last.replaceAll("(?:\\w+:)?/\\S+\\s*", "").replaceFirst("^(?:is|at) ", "");
    return words.isEmpty() || words.length() > 200 ? "" : " (" + words + ")";
  }

  private static String malformed(CauseChain chain) {
    String record =
        chain.causes().stream()
            .filter(cause -> cause.isError("MALFORMED_CSV_RECORD"))
            .map(cause -> Wording.plain(cause.message()))
            .findFirst()
            .orElse(Wording.plain(chain.innermost().message()));
    return "Cannot read "
        + Wording.pathOr(chain, "an input of CSV or JSON")
        + ": "
        + record
        + ", which is not as its columns are; have its producer write it again";
  }
}
