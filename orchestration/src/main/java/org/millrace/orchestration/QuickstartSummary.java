package org.millrace.orchestration;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Outcome;
import picocli.CommandLine.Help.Ansi;

/**
 * What a quickstart ends with.
 *
 * @param pipeline the pipeline's name
 * @param result the job's result line
 * @param registry where models and runs are
 * @param jdbc address for JDBC clients
 * @param query the sample query
 * @param rows its result: lines of a table, or of JSON
 */
record QuickstartSummary(
    String pipeline,
    JobResult result,
    String registry,
    String jdbc,
    String query,
    List<String> rows) {
  QuickstartSummary {
    rows = List.copyOf(rows);
  }

  /**
   * Prints it for people.
   *
   * @param sql the command that opens this lake's SQL, as one would type it
   */
  void print(PrintStream out, String sql) {
    boolean again = result.outcome() == Outcome.NOTHING_TO_DO;
    out.println();
    out.println(
        bold(pipeline + ": " + (again ? "already done" : "done") + ", ") + result.message());
    printSteps(out);
    out.println();
    new EndPage(result, "")
        .sections()
        .forEach((name, lines) -> lines.forEach(line -> out.printf("%-10s %s%n", name, line)));
    out.println();
    facts().forEach((name, value) -> out.printf("%-10s %s%n", name, value));
    out.println();
    out.println(bold("SQL to try: ") + sql + " -e \"" + query + "\"");
    rows.forEach(out::println);
    out.println();
    out.println("The servers stay up; stop them with: bin/quickstart --stop");
  }

  /** One line of JSON. */
  String toJson() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("pipeline", pipeline);
    all.put("facts", facts());
    all.put("query", query);
    try {
      List<Object> parsed = new ArrayList<>();
      for (String row : rows) {
        parsed.add(Json.MAPPER.readTree(row));
      }

      all.put("rows", parsed);
      all.put("result", result);
      return Json.MAPPER.writeValueAsString(all);
    } catch (JsonProcessingException e) {
      throw new MillraceException(
          ErrorCategory.INTERNAL, "Cannot write the summary as JSON: " + e.getOriginalMessage(), e);
    }
  }

  private void printSteps(PrintStream out) {
    if (result.steps().isEmpty()) {
      return;
    }

    out.println();
    out.println(
        bold(
            String.format(
                "%-14s %-14s %12s %12s %8s", "step", "", "rows in", "rows out", "seconds")));
    for (JobResult step : result.steps()) {
      out.printf(
          Locale.ROOT,
          "%-14s %-14s %12s %12s %8.1f%s%n",
          room(step),
          step.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' '),
          count(step, "rows_in"),
          count(step, "rows_out"),
          step.seconds(),
          otherCounts(step));
    }

    out.printf(Locale.ROOT, "%-14s %-14s %12s %12s %8.1f%n", "all", "", "", "", result.seconds());
  }

  private static String room(JobResult step) {
    List<String> words = List.of(step.runKey().split("\\.", -1));
    return words.size() > 1 ? words.get(1) : step.runKey();
  }

  private static String count(JobResult step, String name) {
    Long count = step.counts().get(name);
    return count == null || count == 0 ? "" : String.format(Locale.ROOT, "%,d", count);
  }

  private static String otherCounts(JobResult step) {
    List<String> others = new ArrayList<>();
    step.counts()
        .forEach(
            (name, count) -> {
              // a count for each input column is for machines: it stands in the result line
              if (!List.of("rows_in", "rows_out").contains(name)
                  && !name.startsWith("null.")
                  && !(JobResult.ROW_COUNTS.contains(name) && count == 0)) {
                others.add(name + " " + String.format(Locale.ROOT, "%,d", count));
              }
            });
    return others.isEmpty() ? "" : "  " + String.join(", ", others);
  }

  private Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    find(JobResult::values, "auc").ifPresent(auc -> facts.put("AUC", EndPage.number(auc, "%.3f")));
    find(JobResult::versions, "model." + result.pipeline())
        .ifPresent(model -> facts.put("model", model));
    find(JobResult::values, "alias").ifPresent(alias -> facts.put("alias", alias));
    facts.put("registry", registry);
    facts.put("JDBC", jdbc);
    find(JobResult::values, "peak_memory_mib")
        .ifPresent(peak -> facts.put("memory", peak + " MiB at most"));
    find(JobResult::values, "report").ifPresent(report -> facts.put("report", report));
    return facts;
  }

  /** The result's own fact, else that of the last step that has one. */
  private Optional<String> find(Function<JobResult, Map<String, String>> map, String name) {
    return Stream.concat(result.steps().stream(), Stream.of(result))
        .flatMap(step -> Stream.ofNullable(map.apply(step).get(name)))
        .reduce((earlier, later) -> later);
  }

  private static String bold(String text) {
    return Ansi.AUTO.string("@|bold " + text + "|@");
  }
}
