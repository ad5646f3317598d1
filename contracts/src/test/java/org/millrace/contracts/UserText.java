package org.millrace.contracts;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A text that a user may meet: a line of a page, or a literal of a program.
 *
 * @param file where it is
 * @param line on which it begins, from 1 on
 */
record UserText(Path file, int line, String text) {
  private static final Set<String> LEFT_OUT =
      Set.of("target", ".git", ".runtime", ".millrace", "data", "__pycache__");
  private static final PathMatcher SOURCES = glob("**/src/main/java/**.java");
  private static final PathMatcher PAGES =
      glob(
          "{README.md,CONTRIBUTING.md,docs/*.md,docs/decisions/README.md,conf/**,bin/*,dags/*.py,"
              + "**/src/main/resources/**.ftlh,**/src/main/resources/**.json}");

  /** A text block or a string of Java. */
  private static final Pattern LITERAL =
      Pattern.compile("\"\"\"(?s:.*?)(?<!\\\\)\"\"\"|\"[^\"\\\\\\n]*+(?:\\\\.[^\"\\\\\\n]*+)*+\"");

  /** A comment, a character, or literals that are added to one another. */
  private static final Pattern TOKEN =
      Pattern.compile(
          "//[^\\n]*|/\\*(?s:.*?)\\*/|'[^'\\\\\\n]*+(?:\\\\.[^'\\\\\\n]*+)*+'"
              + "|(?:%1$s)(?:\\s*\\+\\s*(?:%1$s))*+".formatted(LITERAL));

  /** Literals of all programs below a directory. */
  static List<UserText> literals(Path home) throws IOException {
    List<UserText> texts = new ArrayList<>();
    for (Path file : files(home, SOURCES)) {
      texts.addAll(literals(file, Files.readString(home.resolve(file))));
    }

    return texts;
  }

  /** Lines of pages, definitions, scripts, DAGs and templates below a directory. */
  static List<UserText> lines(Path home) throws IOException {
    List<UserText> texts = new ArrayList<>();
    for (Path file : files(home, PAGES)) {
      texts.addAll(lines(file, Files.readString(home.resolve(file))));
    }

    return texts;
  }

  static List<UserText> literals(Path file, String source) {
    List<UserText> texts = new ArrayList<>();
    for (MatchResult token : TOKEN.matcher(source).results().toList()) {
      if (token.group().startsWith("\"")) {
        String text =
            LITERAL
                .matcher(token.group())
                .results()
                .map(literal -> content(literal.group()))
                .collect(Collectors.joining());
        texts.add(new UserText(file, 1 + newLines(source.substring(0, token.start())), text));
      }
    }

    return texts;
  }

  static List<UserText> lines(Path file, String content) {
    List<String> lines = content.lines().toList();
    List<UserText> texts = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      texts.add(new UserText(file, i + 1, lines.get(i)));
    }

    return texts;
  }

  /** A part of the text with its place: {@code file:line: part: context}. */
  String at(MatchResult part) {
    String before = text.substring(0, part.start());
    int lineEnd = text.indexOf('\n', part.end());
    int from = Math.max(before.lastIndexOf('\n') + 1, part.start() - 40);
    int to = Math.min(lineEnd < 0 ? text.length() : lineEnd, part.end() + 40);
    String context = text.substring(from, to).strip();
    return "%s:%d: %s: %s".formatted(file, line + newLines(before), part.group(), context);
  }

  private static String content(String literal) {
    int quotes = literal.startsWith("\"\"\"") ? 3 : 1;
    return literal.substring(quotes, literal.length() - quotes);
  }

  private static int newLines(String text) {
    return (int) text.chars().filter(c -> c == '\n').count();
  }

  private static List<Path> files(Path home, PathMatcher wanted) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        home,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes facts) {
            return LEFT_OUT.contains(folder.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes facts) {
            if (facts.isRegularFile() && wanted.matches(home.relativize(file))) {
              files.add(home.relativize(file));
            }

            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }

  private static PathMatcher glob(String pattern) {
    return FileSystems.getDefault().getPathMatcher("glob:" + pattern);
  }
}
