package org.millrace.orchestration.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Runs the commands of a page of the documentation, and finds what it shows in what they print. */
final class PageWalk {
  private static final Pattern BLOCK = Pattern.compile("```(sh)?\n(.*?)```", Pattern.DOTALL);

  /** Commands that change nothing. */
  private static final Pattern READING = Pattern.compile("bin/millrace (plan|status|ls) .*");

  /** Of a step that prints nothing. */
  private static final String NOTHING = "";

  private final List<Step> steps;
  private int reading;

  /** Commands, and what the page shows of what they print. */
  private record Step(String commands, List<String> shown) {}

  private PageWalk(List<Step> steps) {
    this.steps = steps;
  }

  /** The steps of a page. */
  static PageWalk of(String name) throws IOException {
    String page = Files.readString(MillraceHome.page(name));
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

    return new PageWalk(steps);
  }

  /** How many steps there are. */
  int steps() {
    return steps.size();
  }

  /** How many of them only read, and were found to change nothing. */
  int reading() {
    return reading;
  }

  /** Goes through all steps; each ends with 0 and prints what the page shows. */
  void through(MillraceHome home) {
    StringBuilder exported = new StringBuilder();
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
