package org.millrace.jobs.failure;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Takes out of Spark's messages what a person can use: first sentences, paths, hosts. */
final class Wording {
  private static final int MAX_LENGTH = 400;
  private static final List<String> PATH_PARAMETERS = List.of("path", "file", "filePath");

  private static final Pattern MISSING_FILE = Pattern.compile("File (\\S.*?) does not exist");
  private static final Pattern URI =
      Pattern.compile("\\b(?:file|hdfs|s3[an]?|abfss?|gs|wasbs?|oss):/[^\\s,;'\"()\\[\\]]+");
  private static final Pattern LOCAL_PATH = Pattern.compile("^(/[^:()]+?)(?= \\(|: |$)");
  private static final Pattern COMMIT_FILES =
      Pattern.compile("/(?:_temporary|\\.spark-staging)[/-].*");
  private static final Pattern TYPE_PREFIX =
      Pattern.compile("^(?:[a-z][\\w$]*\\.)+[A-Z][\\w$]*(?:Exception|Error): ");

  private Wording() {}

  /** A message's first line without names of error classes, attribute numbers and own columns. */
  static String plain(String message) {
    String text = message.strip().replaceFirst("^\\[[A-Z][A-Z0-9_.]+\\]\\s*", "");
    text = text.lines().findFirst().orElse("");
    text = TYPE_PREFIX.matcher(text).replaceFirst("");
    text =
        text.replaceAll("#\\d+L?\\b", "").replaceAll("`?__millrace_\\w+`?", "an internal column");
    text =
        text.replaceFirst(" (?:If necessary set|Use `try_|To tolerate|For more details see).*", "");
    text = text.replaceFirst("[\\s.;:]+$", "");
    return text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "..." : text;
  }

  /** The innermost file or directory that the failure names. */
  static Optional<String> path(CauseChain chain) {
    List<Cause> causes = chain.causes();
    for (int i = causes.size() - 1; i >= 0; i--) {
      Optional<String> path = path(causes.get(i));
      if (path.isPresent()) {
        return path;
      }
    }

    return Optional.empty();
  }

  /** The same; else these words. */
  static String pathOr(CauseChain chain, String words) {
    return path(chain).orElse(words);
  }

  private static Optional<String> path(Cause cause) {
    return PATH_PARAMETERS.stream()
        .flatMap(name -> cause.parameter(name).stream())
        .findFirst()
        .or(() -> cause.find(MISSING_FILE, 1))
        .or(() -> cause.find(URI, 0))
        .or(() -> cause.find(LOCAL_PATH, 1))
        .map(Wording::localPath);
  }

  private static String localPath(String path) {
    String local = path.startsWith("file:") ? path.replaceFirst("^file:/+", "/") : path;
    return COMMIT_FILES.matcher(local).replaceFirst("").replaceFirst("[.:]+$", "");
  }

  /** The table of a failure, as the path of a file of its log says it. */
  static Optional<String> table(CauseChain chain) {
    return path(chain)
        .filter(path -> path.contains("/_delta_log"))
        .map(path -> path.substring(0, path.indexOf("/_delta_log")));
  }
}
