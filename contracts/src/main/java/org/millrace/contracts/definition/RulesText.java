package org.millrace.contracts.definition;

import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** DQDL rules as text, apart from how they are laid out. */
final class RulesText {
  // a quoted text with its escapes, a comment to the end of its line, a word, any other character
  private static final Pattern PART =
      Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*+\"|#[^\\n]*|[^\\s\"#\\[\\](),=<>!]++|\\S");

  private RulesText() {}

  /** The parts of the rules with one space between them, without comments. */
  static String canonical(String rules) {
    StringJoiner parts = new StringJoiner(" ");
    Matcher part = PART.matcher(rules);
    while (part.find()) {
      if (part.group().charAt(0) != '#') {
        parts.add(part.group());
      }
    }

    return parts.toString();
  }
}
