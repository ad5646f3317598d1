package org.millrace.jobs.failure;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads causes out of the text of an aborted job: Spark hands on the throwable of a task where it
 * can be serialised, and its printed trace otherwise.
 */
final class TaskText {
  /** {@code ...(TID 1) (host executor 1): TYPE: message}, {@code Caused by: TYPE: message}. */
  private static final Pattern HEADER =
      Pattern.compile(
          "(?:\\([^()\\n]*\\): |(?:^|\\n)Caused by: )"
              + "([A-Za-z_$][\\w$]*(?:\\.[A-Za-z_$][\\w$]*)+)(?:: (.*?))?"
              + "(?=\\n\\s*at |\\n\\s*\\.\\.\\. \\d|\\nCaused by: |\\n\\nDriver stacktrace|\\z)",
          Pattern.DOTALL);

  private TaskText() {}

  /** True for the message of a job that Spark gave up. */
  static boolean isAbortedJob(String message) {
    return message.contains("Job aborted due to stage failure");
  }

  /** The causes in it, outermost first; empty if there are none. */
  static List<Cause> causes(String message) {
    List<Cause> causes = new ArrayList<>();
    Matcher matcher = HEADER.matcher(message);
    while (matcher.find()) {
      String text = matcher.group(2);
      causes.add(Cause.ofText(matcher.group(1), text == null ? "" : text.strip()));
    }

    return causes;
  }
}
