package org.millrace.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.millrace.bench.contender.Task;
import org.millrace.bench.input.DataSet;
import org.millrace.bench.input.Inputs;
import org.millrace.bench.report.Machine;
import org.millrace.bench.report.Ratio;
import org.millrace.bench.report.RecordedReport;
import org.millrace.bench.report.Report;
import org.millrace.bench.run.Turns;

/** What every benchmark needs: its folders, its inputs, its contenders, and somewhere to tell. */
final class Stage {
  private static final int CORES = 2;

  private final Path home;
  private final Path work;
  private final Knobs knobs;
  private final PrintWriter out;
  private final Map<String, String> machine = Machine.facts();
  private final Workshop workshop;

  Stage(Path home, Knobs knobs, PrintWriter out) {
    this.home = home;
    this.knobs = knobs;
    this.out = out;
    this.work = knobs.work.orElse(home.resolve(".runtime/bench")).toAbsolutePath();
    this.workshop = new Workshop(home, this::say);
  }

  /** Prints a line at once. */
  void say(String line) {
    out.println(line);
    out.flush();
  }

  Inputs inputs() {
    List<String> java = Contenders.java(knobs, System.getProperty("java.class.path"));
    return new Inputs(work.resolve("inputs"), java, this::say);
  }

  /** Contenders whose logs lie together. */
  Contenders contenders(String name) {
    return new Contenders(work.resolve("logs").resolve(name), knobs, workshop);
  }

  /** For what is written while measuring. */
  Path work() {
    return work;
  }

  Workshop workshop() {
    return workshop;
  }

  Turns turns() {
    return new Turns(knobs.warmUps, knobs.rounds, this::say);
  }

  Knobs knobs() {
    return knobs;
  }

  /**
   * A task on {@value #CORES} cores, of which the caller changes what differs.
   *
   * @param contender its scratch folder's name
   * @param rows that it works on, in whole files where they lie in files
   */
  Task task(String kind, String contender, Workload workload, DataSet data, Path model, long rows)
      throws IOException {
    Inputs inputs = inputs();
    Path folder = inputs.rows(data, rows);
    return new Task(
        kind,
        folder.toString(),
        data.rows(data.files(rows)),
        inputs.rows(data, data.checkRows()).toString(),
        inputs.raw(data).toString(),
        data.checkRows(),
        model.toString(),
        data.columns(),
        data.width(),
        workload.batch(),
        CORES,
        knobs.heap,
        Files.createDirectories(work.resolve("scratch").resolve(contender)).toString());
  }

  /** Prints ratios and tables, and writes them where the knobs want them. */
  void tell(List<Report> reports, Map<String, Map<String, String>> versions) throws IOException {
    say("");
    say("Machine: " + machine);
    versions.forEach((contender, of) -> say("Runs on: " + contender + " " + of));
    for (Report report : reports) {
      say("");
      say(report.markdown());
    }

    reports.stream()
        .flatMap(report -> report.ratios().stream())
        .map(Ratio::line)
        .forEach(this::say);
    if (knobs.json.isPresent()) {
      writeJson(knobs.json.get(), reports, versions);
    }

    if (knobs.record) {
      for (Report report : reports) {
        Path file = home.resolve("docs/benchmarks.md");
        RecordedReport.write(file, report.subject(), report.markdown() + "\n" + origin());
      }
    }
  }

  private String origin() {
    Map<String, String> facts = new LinkedHashMap<>(machine);
    return "%s, %d rounds after %d warm-ups, heap %s, collector %s; %s.\n"
        .formatted(
            LocalDate.now(ZoneOffset.UTC),
            knobs.rounds,
            knobs.warmUps,
            knobs.heap,
            knobs.gc,
            String.join(
                ", ",
                facts.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList()));
  }

  private void writeJson(Path file, List<Report> reports, Map<String, Map<String, String>> versions)
      throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("machine", machine);
    all.put("versions", versions);
    all.put("reports", reports);
    Path target = file.toAbsolutePath();
    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(target.toFile(), all);
  }
}
