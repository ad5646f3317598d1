package org.millrace.orchestration.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands of {@code docs/change.md}, and finds in what they print what it shows. */
class ChangeWalkIT {
  private static final Pattern BLOCK = Pattern.compile("```(sh)?\n(.*?)```", Pattern.DOTALL);

  /** Commands that change nothing. */
  private static final Pattern READING = Pattern.compile("bin/millrace (plan|status|ls) .*");

  /** Of a step that prints nothing. */
  private static final String NOTHING = "";

  @TempDir Path directory;

  /** Commands, and what the page shows of what they print. */
  private record Step(String commands, List<String> shown) {}

  private static List<Step> steps() throws IOException {
    String page = Files.readString(MillraceHome.page("change.md"));
    List<Step> steps = new ArrayList<>();
    Matcher blocks = BLOCK.matcher(page);
    while (blocks.find()) {
      if (blocks.group(1) != null) {
        steps.add(new Step(blocks.group(2), new ArrayList<>()));
      } else if (blocks.group(2).isEmpty()) {
        steps.get(steps.size() - 1).shown().add(NOTHING);
      } else {
        steps.get(steps.size() - 1).shown().addAll(blocks.group(2).lines().toList());
      }
    }

    return steps;
  }

  @Test
  void printsWhatThePageShows() throws IOException {
    MillraceHome home = MillraceHome.in(directory).withOwnConf();
    StringBuilder exported = new StringBuilder();
    List<Step> steps = steps();
    assertThat(steps).hasSizeGreaterThan(9);
    int reading = 0;
    for (Step step : steps) {
      boolean isReading = step.commands().lines().allMatch(line -> READING.matcher(line).matches());
      Map<String, String> before = isReading ? home.files() : Map.of();
      FinishedCommand ended =
          home.shell(
              Map.of("MILLRACE_DRIVER_MEMORY", "2g"),
              exported + "home=$PWD\n" + step.commands() + "[[ $PWD == \"$home\" ]]\n");
      assertThat(ended.exitCode()).as("%s%n%s", step.commands(), ended.err()).isZero();
      assertShown(step, ended);
      if (isReading) {
        reading++;
        assertThat(home.files())
            .as("lake, registry and home after %s", step.commands())
            .isEqualTo(before);
      }

      step.commands()
          .lines()
          .filter(line -> line.startsWith("export "))
          .forEach(line -> exported.append(line).append('\n'));
    }

    assertThat(reading).isGreaterThanOrEqualTo(2);
    assertThat(home.files()).hasSizeGreaterThan(5);
  }

  private static void assertShown(Step step, FinishedCommand ended) {
    List<String> printed = new ArrayList<>(ended.err().lines().toList());
    printed.addAll(ended.out());
    if (step.shown().equals(List.of(NOTHING))) {
      assertThat(printed).isEmpty();
      return;
    }

    int next = 0;
    for (String line : step.shown()) {
      Pattern wanted = pattern(line);
      int found = next;
      while (found < printed.size() && !wanted.matcher(printed.get(found).strip()).matches()) {
        found++;
      }

      assertThat(found)
          .as("'%s', after line %s of%n%s", line, next, String.join("\n", printed))
          .isLessThan(printed.size());
      next = found + 1;
    }

    if (step.commands().contains(" --csv ")) {
      assertThat(next).as("all rows are shown").isEqualTo(printed.size());
    }
  }

  /** {@code ...} is any text. */
  private static Pattern pattern(String line) {
    String[] parts = line.strip().split(Pattern.quote("..."), -1);
    return Pattern.compile(
        List.of(parts).stream().map(Pattern::quote).collect(Collectors.joining(".*")));
  }
}
