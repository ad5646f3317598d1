package org.millrace.orchestration.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Statements of a text, which semicolons divide. */
public final class SqlScript {
  // what may hold a semicolon that divides nothing: comments, texts, names; then anything else
  private static final Pattern PART =
      Pattern.compile(
          "--[^\\n]*|/\\*.*?(?:\\*/|\\z)|'(?:\\\\.|[^'\\\\])*+(?:'|\\z)|\"(?:\\\\.|[^\"\\\\])*+(?:\"|\\z)"
              + "|`[^`]*+(?:`|\\z)|;|.",
          Pattern.DOTALL);

  private SqlScript() {}

  /** The statements in order, without their semicolons; none of them is blank or only a comment. */
  public static List<String> statements(String text) {
    List<String> statements = new ArrayList<>();
    StringBuilder statement = new StringBuilder();
    Matcher parts = PART.matcher(text);
    while (parts.find()) {
      String part = parts.group();
      if (part.equals(";")) {
        keep(statements, statement);
      } else if (part.startsWith("--") || (part.startsWith("/*") && !part.startsWith("/*+"))) {
        statement.append(' ');
      } else {
        statement.append(part);
      }
    }

    keep(statements, statement);
    return statements;
  }

  private static void keep(List<String> statements, StringBuilder statement) {
    if (!statement.toString().isBlank()) {
      statements.add(statement.toString().strip());
    }

    statement.setLength(0);
  }
}
