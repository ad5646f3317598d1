package org.millrace.orchestration;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.GateDecision.Verdict;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.Task;
import org.millrace.contracts.Verb;
import picocli.CommandLine.Help.Ansi;

/**
 * What people read when a job has ended on a terminal: what was made and what was refused, how good
 * the model is, what to do next. Programs read the result line.
 *
 * @param result of the job
 * @param command that opens the tables in SQL, as one would type it; empty for none
 */
record EndPage(JobResult result, String command) {
  private static final int MOST_TABLES = 6;

  /** Prints the page. */
  void print(PrintStream out) {
    out.println();
    out.println(bold(headline()) + " in " + duration(result.seconds()));
    sections().forEach((name, lines) -> print(out, name, lines));
    out.flush();
  }

  /** The lines of the page, without its first. */
  Map<String, List<String>> sections() {
    Map<String, List<String>> sections = new LinkedHashMap<>();
    add(sections, "made", made());
    add(sections, "refused", refused());
    add(sections, "score", value("explanation").stream().map(file -> result.message()).toList());
    add(
        sections,
        "why",
        value("explanation").map(Path::of).map(ExplanationText::lines).orElse(List.of()));
    add(sections, "file", value("explanation").stream().toList());
    add(sections, "rollback", RollbackText.lines(result));
    add(sections, "model", model());
    add(sections, "judged", judged());
    add(sections, "note", warnings());
    add(sections, "failed", failed());
    add(sections, "report", value("report").stream().toList());
    add(sections, "next", next());
    if (sections.isEmpty() && !result.message().isEmpty()) {
      sections.put("result", List.of(result.message()));
    }

    return sections;
  }

  private static void add(Map<String, List<String>> sections, String name, List<String> lines) {
    if (!lines.isEmpty()) {
      sections.put(name, lines);
    }
  }

  private static void print(PrintStream out, String name, List<String> lines) {
    for (int i = 0; i < lines.size(); i++) {
      out.printf("  %-8s %s%n", i == 0 ? name : "", lines.get(i));
    }
  }

  private String headline() {
    String what =
        Stream.of(result.pipeline(), result.verb())
            .filter(word -> word != null)
            .collect(Collectors.joining(" "));
    String days =
        result.from() == null
            ? ""
            : result.from().equals(result.to())
                ? " of " + result.from()
                : " of %s to %s".formatted(result.from(), result.to());
    return what + days + ": " + outcome();
  }

  private String outcome() {
    return switch (result.outcome()) {
      case DONE -> "done";
      case NOTHING_TO_DO -> "nothing to do";
      case FAILED -> "failed with exit code " + result.exitCode();
    };
  }

  private Stream<JobResult> steps() {
    return result.steps().isEmpty() ? Stream.of(result) : result.steps().stream();
  }

  private List<String> made() {
    Map<String, Long> rows = new LinkedHashMap<>();
    steps()
        .filter(step -> !step.verb().equals(Verb.MATERIALIZE.word())) // VALIDATE makes them visible
        .filter(step -> !step.verb().equals(Verb.SCORE.word())) // and PUBLISH these
        .forEach(
            step -> step.rows().forEach((table, count) -> rows.merge(table, count, Long::sum)));
    List<String> lines = new ArrayList<>();
    rows.forEach(
        (table, count) -> lines.add(String.format(Locale.ROOT, "%,d rows of %s", count, table)));
    if (lines.size() > MOST_TABLES) {
      int more = lines.size() - MOST_TABLES + 1;
      lines.subList(MOST_TABLES - 1, lines.size()).clear();
      lines.add(more + " more tables");
    }

    return lines;
  }

  private List<String> refused() {
    return steps()
        .filter(step -> count(step, "rows_refused") > 0)
        .map(
            step ->
                String.format(
                        Locale.ROOT,
                        "%,d of %,d rows by %s",
                        count(step, "rows_refused"),
                        count(step, "rows_in"),
                        step.verb())
                    + Optional.ofNullable(step.values().get("refused"))
                        .map(why -> ": " + why)
                        .orElse(""))
        .toList();
  }

  private static long count(JobResult step, String name) {
    return Optional.ofNullable(step.counts().get(name)).orElse(0L);
  }

  private List<String> model() {
    Optional<JobResult> gate =
        steps().filter(step -> step.values().containsKey("verdict")).reduce((one, last) -> last);
    if (gate.isEmpty()) {
      return List.of();
    }

    Map<String, String> values = gate.get().values();
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s: %s"
            .formatted(
                gate.get().versions().entrySet().stream()
                    .map(
                        version ->
                            version.getKey().replaceFirst("^model\\.", "")
                                + "/"
                                + version.getValue())
                    .findFirst()
                    .orElse("the candidate"),
                values.getOrDefault("verdict", "")));
    if (values.containsKey("dry_run")) {
      lines.add("this was a dry run: nothing was changed");
    }

    Task task = task(values, "");
    String primary = task.primary();
    String second = task.headline().get(1);
    String third =
        switch (task) {
          case BINARY -> "calibration_error";
          case REGRESSION -> "bias";
          case MULTICLASS -> "accuracy";
        };
    if (!values.containsKey(primary)) { // a person's word, of which nothing was measured
      lines.add(gate.get().message());
      Optional.ofNullable(values.get("reasons")).ifPresent(lines::add);
      return lines;
    }

    lines.add(
        "%s %s (%sthe baseline's %s), %s %s%s, %s %s, on %s rows that it was not trained on"
            .formatted(
                Task.title(primary),
                digits(values, primary),
                champion(values, primary, "that of champion %s is %s, "),
                digits(values, task.baselineMetric()),
                within(second),
                digits(values, second),
                champion(values, second, " (that of champion %s is %s)"),
                within(third),
                digits(values, third),
                whole(values, "rows")));
    Optional.ofNullable(values.get("reasons")).ifPresent(lines::add);
    if (isWorseThanItsBaseline(values, task)) {
      lines.add(
          "its baseline, a %s regression on the same rows, is better: more rows, or fewer inputs, may help"
              .formatted(task == Task.REGRESSION ? "linear" : "logistic"));
    }

    return lines;
  }

  /** The task whose metrics they are. */
  private static Task task(Map<String, String> values, String prefix) {
    return Stream.of(Task.REGRESSION, Task.MULTICLASS)
        .filter(task -> values.containsKey(prefix + task.primary()))
        .findFirst()
        .orElse(Task.BINARY);
  }

  /** A metric in the middle of a sentence. */
  private static String within(String metric) {
    String title = Task.title(metric);
    return title.equals(title.toUpperCase(Locale.ROOT)) ? title : title.toLowerCase(Locale.ROOT);
  }

  private static boolean isWorseThanItsBaseline(Map<String, String> values, Task task) {
    try {
      double ours = Double.parseDouble(values.getOrDefault(task.primary(), ""));
      double theirs = Double.parseDouble(values.getOrDefault(task.baselineMetric(), ""));
      return task == Task.REGRESSION ? ours > theirs : ours < theirs;
    } catch (NumberFormatException e) {
      return false; // one of them is unknown
    }
  }

  /** A metric of the champion in words; empty where none was compared. */
  private static String champion(Map<String, String> values, String metric, String words) {
    String name = "champion_" + metric;
    return values.containsKey("champion") && values.containsKey(name)
        ? words.formatted(values.get("champion"), digits(values, name))
        : "";
  }

  private List<String> judged() {
    return steps()
        .filter(step -> step.verb().equals(Verb.MONITOR.word()))
        .map(step -> step.values().containsKey("realised_rows") ? realised(step) : step.message())
        .toList();
  }

  private static String realised(JobResult step) {
    Task task = task(step.values(), "realised_");
    return "%s: %s%s %s, %s %s on %s rows of which it is known what came true"
        .formatted(
            step.message().replace("Judged ", "").replace(";", ","),
            step.message().contains(";") ? "the last of these have " : "",
            Task.title(task.primary()),
            digits(step.values(), "realised_" + task.primary()),
            within(task.headline().get(1)),
            digits(step.values(), "realised_" + task.headline().get(1)),
            whole(step.values(), "realised_rows"));
  }

  private List<String> warnings() {
    return steps()
        .flatMap(step -> Stream.ofNullable(step.values().get("warning")))
        .distinct()
        .toList();
  }

  private List<String> failed() {
    if (result.outcome() != Outcome.FAILED) {
      return List.of();
    }

    return List.of(result.message());
  }

  private List<String> next() {
    if (result.outcome() == Outcome.FAILED) {
      return result.category() == null ? List.of() : List.of(advice(result.category()));
    }

    if (value("verdict").filter(Verdict.AWAITS_APPROVAL.name()::equals).isPresent()) {
      return List.of("bin/millrace approve %s --why TEXT".formatted(result.pipeline()));
    }

    if (value("verdict").filter(Verdict.BEGINS_ROLLOUT.name()::equals).isPresent()) {
      return List.of("bin/millrace rollout status %s".formatted(result.pipeline()));
    }

    return command.isEmpty() || steps().noneMatch(step -> step.verb().equals(Verb.PUBLISH.word()))
        ? List.of()
        : List.of(
            "%s -e \"SELECT * FROM %s_current LIMIT 10\"".formatted(command, result.pipeline()));
  }

  /** As the table of exit codes in the README. */
  private static String advice(ErrorCategory category) {
    return switch (category.exitCode()) {
      case 64 -> "correct the definition or the argument, then run it again";
      case 65 -> "correct the data, or the rule that they break, then run it again";
      case 66 -> "the champion stays; see the report for what the candidate lacks";
      case 69 -> "run it again when the other system answers";
      case 70 ->
          "bin/millrace doctor --publication shows what became of it; do not run it again before";
      case 75 -> "run it again when what is missing has come, or the other run has ended";
      default -> "this is a defect of Millrace: report it with the trace that is named above";
    };
  }

  private Optional<String> value(String name) {
    return Stream.concat(result.steps().stream(), Stream.of(result))
        .flatMap(step -> Stream.ofNullable(step.values().get(name)))
        .reduce((one, last) -> last);
  }

  private static String digits(Map<String, String> values, String name) {
    return number(values.get(name), "%.3f");
  }

  private static String whole(Map<String, String> values, String name) {
    return number(values.get(name), "%,.0f");
  }

  static String number(@Nullable String text, String form) {
    try {
      return text == null ? "unknown" : String.format(Locale.ROOT, form, Double.parseDouble(text));
    } catch (NumberFormatException e) {
      return text;
    }
  }

  private static String duration(double seconds) {
    long whole = Math.round(seconds);
    return whole < 60 ? whole + " s" : "%d min %d s".formatted(whole / 60, whole % 60);
  }

  private static String bold(String text) {
    return Ansi.AUTO.string("@|bold " + text + "|@");
  }
}
