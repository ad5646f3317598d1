package org.millrace.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Texts that a user meets are plain technical English: programs are not persons. */
final class TestPlainEnglish {
  private static final Path HOME =
      Path.of(System.getProperty("millrace.home", "..")).toAbsolutePath().normalize();

  /** {@code requireNonNull} names a parameter of the code, such as {@code ours}. */
  private static final Pattern PARAMETER = Pattern.compile("\\w+ is null");

  private static final List<Word> OUT =
      List.of(
          word("nobody", "no one, or a passive"),
          word("somebody", "someone, or a passive"),
          word("tells?|told", "show, report, determine, distinguish"),
          word("says?|said", "show, name, report, record, give"),
          word("wish(?:es)?", "option, default"),
          word("stands?|stood", "appear, be in, mean, stay"),
          word("of now", "current"),
          word("of then", "of that time"),
          word("(?:not )?ours", "Millrace's own, unsupported"),
          word("further", "more, another"),
          word("scorings", "scoring runs"),
          word("ha(?:s|ve) not(?=$|[.;]| (?:an?|the|any|one|its|their)\\b)", "do not have"));

  /** What is not to be used, and what is. */
  private record Word(Pattern pattern, String instead) {}

  @Test
  void literalsHaveNoWordThatIsOut() throws IOException {
    List<UserText> literals = UserText.literals(HOME);

    assertThat(literals).hasSizeGreaterThan(5_000);
    assertThat(problems(literals)).isEmpty();
  }

  @Test
  void pagesDefinitionsAndScriptsHaveNoWordThatIsOut() throws IOException {
    List<UserText> lines = UserText.lines(HOME);

    assertThat(lines)
        .extracting(line -> line.file().toString())
        .contains("README.md", "docs/plan.md", "conf/millrace.yaml", "bin/quickstart")
        .contains("docs/decisions/README.md", "dags/late_flight.py")
        .anyMatch(file -> file.endsWith("report.ftlh"))
        .anyMatch(file -> file.endsWith("view.json"));
    assertThat(problems(lines)).isEmpty();
  }

  @Test
  void wordsOfLiteralsAreFoundAndThoseOfCommentsAreNot() {
    String source =
        """
        /** Nobody says this to a user. */
        String a = "the commit "
            + "says so" + b + "fine"; // told
        char quote = '"';
        String c = %1$s
            two lines
            that "stand" here%1$s;
        requireNonNull(ours, "ours is null");
        """
            .formatted("\"\"\"");

    assertThat(problems(UserText.literals(Path.of("A.java"), source)))
        .containsExactly(
            "A.java:2: says: the commit says so; write: show, name, report, record, give",
            "A.java:7: stand: that \"stand\" here; write: appear, be in, mean, stay");
  }

  @Test
  void eachWordIsFoundOnItsLine() {
    String page =
        """
        Nobody knows
        somebody removed it
        Cannot tell which
        the log said so
        without a wish
        appears or stands
        by the definitions of now
        the champion of then
        is not ours
        one further view
        two scorings
        which spine 'x' has not; it has: y
        a stand-in, standing rules, what has not come, or a value that has not been read
        """;

    List<String> problems = problems(UserText.lines(Path.of("a.md"), page));

    assertThat(problems).hasSameSizeAs(OUT);
    for (int i = 0; i < OUT.size(); i++) {
      assertThat(problems.get(i)).startsWith("a.md:" + (i + 1) + ": ").endsWith(OUT.get(i).instead);
    }
  }

  private static List<String> problems(List<UserText> texts) {
    List<String> problems = new ArrayList<>();
    for (UserText text : texts) {
      if (!PARAMETER.matcher(text.text()).matches()) {
        OUT.forEach(
            word ->
                word.pattern
                    .matcher(text.text())
                    .results()
                    .forEach(hit -> problems.add(text.at(hit) + "; write: " + word.instead)));
      }
    }

    return problems;
  }

  private static Word word(String pattern, String instead) {
    return new Word(Pattern.compile("(?i)(?<![\\w-])(?:" + pattern + ")(?![\\w-])"), instead);
  }
}
