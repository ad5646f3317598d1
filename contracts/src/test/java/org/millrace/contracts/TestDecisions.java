package org.millrace.contracts;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The notes in {@code docs/decisions}, their index, and what refers to them anywhere. */
final class TestDecisions {
  private static final Path HOME =
      Path.of(System.getProperty("millrace.home", "..")).toAbsolutePath().normalize();
  private static final Path DECISIONS = HOME.resolve("docs/decisions");

  private static final Pattern NOTE = Pattern.compile("(\\d{4})-[a-z0-9-]+\\.md");
  private static final Pattern ROW =
      Pattern.compile(
          "\\| (\\d{4}) \\| (?:\\[(.+)]\\((.+)\\)|([^\\[].*?)) \\| ([^|]+) \\| ([^|]+) \\|");
  private static final Pattern STATUS =
      Pattern.compile(
          "in force\\b.*|(?:partly )?replaced by (?:\\d{4}, )*\\d{4}(?: and \\d{4})?(?::.*)?"
              + "|folded into \\d{4}");

  /** {@code docs/decisions/0122}, {@code decisions 0077, 0090}. */
  private static final Pattern REFERENCE =
      Pattern.compile("[Dd]ecisions?[ /]\\d{4}(?:(?:, | and | to )\\d{4})*");

  /** A note's number, as notes themselves name others. */
  private static final Pattern BARE = Pattern.compile("(?<![\\d.,/-])0\\d{3}(?![\\d.]\\d|-)");

  private static final Pattern NUMBER = Pattern.compile("\\d{4}");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]+)(?:#[^)\\s]*)?\\)");
  private static final Set<String> LEFT_OUT =
      Set.of("target", ".git", ".runtime", ".millrace", ".mvn", "data", "__pycache__");
  private static final Pattern TEXT =
      Pattern.compile(".*\\.(?:md|java|py|xml|ya?ml|sh|lock|properties)|[a-z-]+");

  /** A line of the index. */
  private record Row(String title, String file, String line, String status) {}

  @Test
  void everyNoteIsInTheIndexUnderItsNumberAndTitle() throws IOException {
    Map<String, Row> index = index();
    Map<String, String> files = notes();

    assertThat(files).as("notes").hasSizeGreaterThan(30);
    files.forEach(
        (number, file) -> {
          Row row = requireNonNull(index.get(number), "the index has no line for " + file);
          assertThat(row.file()).isEqualTo(file);
          assertThat(firstLine(DECISIONS.resolve(file)))
              .isEqualTo("# " + number + ": " + row.title());
        });
  }

  @Test
  void everyLineOfTheIndexHasAStatusAndLeadsToWhatThereIs() throws IOException {
    Map<String, String> files = notes();
    index()
        .forEach(
            (number, row) -> {
              assertThat(row.line()).as(number).isNotBlank();
              assertThat(row.status()).as(number).matches(STATUS);
              boolean isFolded = row.status().startsWith("folded");
              assertThat(files.containsKey(number)).as("file of " + number).isNotEqualTo(isFolded);
              assertThat(files.keySet())
                  .as("successors of " + number)
                  .containsAll(numbers(row.status()));
            });
  }

  @Test
  void whatRefersToADecisionFindsANote() throws IOException {
    Set<String> there = notes().keySet();
    List<String> lost = new ArrayList<>();
    int found = 0;
    for (Path file : texts()) {
      boolean isNote = NOTE.matcher(file.getFileName().toString()).matches();
      String text = Files.readString(file).replaceAll("(?m)^Replaces [^.]*\\.", "");
      for (MatchResult match : (isNote ? BARE : REFERENCE).matcher(text).results().toList()) {
        found++;
        numbers(match.group()).stream()
            .filter(number -> !there.contains(number))
            .forEach(number -> lost.add(HOME.relativize(file) + ": " + match.group()));
      }
    }

    assertThat(lost).isEmpty();
    assertThat(found).isGreaterThan(40);
  }

  @Test
  void everyLinkBetweenPagesLeadsToAFile() throws IOException {
    List<String> lost = new ArrayList<>();
    for (Path page : texts().stream().filter(file -> file.toString().endsWith(".md")).toList()) {
      for (MatchResult link : LINK.matcher(Files.readString(page)).results().toList()) {
        String target = link.group(1);
        if (!target.contains(":") && !Files.exists(page.resolveSibling(target))) {
          lost.add(HOME.relativize(page) + ": " + target);
        }
      }
    }

    assertThat(lost).isEmpty();
  }

  @Test
  void linesOfProseInNotesAreShort() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (String file : notes().values()) {
      for (String line : Files.readAllLines(DECISIONS.resolve(file))) {
        if (line.length() > 160 && !line.startsWith("|") && !line.startsWith("    ")) {
          tooLong.add(file + ": " + line);
        }
      }
    }

    assertThat(tooLong).isEmpty();
  }

  private static Map<String, Row> index() throws IOException {
    Map<String, Row> rows = new TreeMap<>();
    for (String line : Files.readAllLines(DECISIONS.resolve("README.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        boolean isLinked = row.group(2) != null;
        Row earlier =
            rows.put(
                row.group(1),
                new Row(
                    isLinked ? row.group(2) : row.group(4),
                    isLinked ? row.group(3) : "",
                    row.group(5),
                    row.group(6)));
        assertThat(earlier).as("second line of " + row.group(1)).isNull();
      } else {
        assertThat(line).as("a line of the index").doesNotContainPattern("^\\| *\\[?\\d{4}");
      }
    }

    return rows;
  }

  /** Files of notes by number. */
  private static Map<String, String> notes() throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(DECISIONS)) {
      for (Path file : all.toList()) {
        String name = file.getFileName().toString();
        Matcher note = NOTE.matcher(name);
        if (note.matches()) {
          assertThat(files.put(note.group(1), name)).as("second note " + note.group(1)).isNull();
        } else {
          assertThat(name).as("a file among the notes").isEqualTo("README.md");
        }
      }
    }

    return files;
  }

  private static List<Path> texts() throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        HOME,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes facts) {
            return LEFT_OUT.contains(folder.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes facts) {
            if (facts.isRegularFile() && TEXT.matcher(file.getFileName().toString()).matches()) {
              files.add(file);
            }

            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }

  private static List<String> numbers(String text) {
    return NUMBER.matcher(text).results().map(MatchResult::group).toList();
  }

  private static String firstLine(Path file) {
    try {
      return Files.readAllLines(file).get(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
