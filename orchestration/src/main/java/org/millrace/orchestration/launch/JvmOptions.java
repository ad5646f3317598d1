package org.millrace.orchestration.launch;

import java.util.ArrayList;
import java.util.List;

/** JVM options as texts: split as Spark splits them, written as the {@code java} program reads. */
final class JvmOptions {
  private JvmOptions() {}

  /**
   * Splits at blanks; quotes keep words together, a backslash takes the next character as it is.
   */
  static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean isInWord = false;
    char quote = 0;
    for (int at = 0; at < text.length(); at++) {
      char next = text.charAt(at);
      if (next == '\\' && quote != '\'' && at + 1 < text.length()) {
        word.append(text.charAt(++at));
        isInWord = true;
      } else if (quote == 0 ? next == '"' || next == '\'' : next == quote) {
        quote = quote == 0 ? next : 0;
        isInWord = true;
      } else if (quote != 0 || !Character.isWhitespace(next)) {
        word.append(next);
        isInWord = true;
      } else if (isInWord) {
        words.add(word.toString());
        word.setLength(0);
        isInWord = false;
      }
    }

    if (isInWord) {
      words.add(word.toString());
    }

    return words;
  }

  /** For one argument that {@code spark-submit} splits again. */
  static String joined(List<String> words) {
    return String.join(" ", words.stream().map(JvmOptions::quotedIfNeeded).toList());
  }

  /** The text of a file that {@code java @file} reads: a word a line. */
  static String argumentFile(List<String> words) {
    StringBuilder text = new StringBuilder();
    words.forEach(word -> text.append(quoted(word)).append('\n'));
    return text.toString();
  }

  private static String quotedIfNeeded(String word) {
    return word.isEmpty() || word.matches("(?s).*[\\s\"'\\\\].*") ? quoted(word) : word;
  }

  private static String quoted(String word) {
    return '"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
