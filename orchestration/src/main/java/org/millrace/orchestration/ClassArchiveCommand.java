package org.millrace.orchestration;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.Json;
import org.millrace.orchestration.plan.PlanText;
import org.millrace.planning.Plan;
import org.millrace.planning.Reason;
import picocli.CommandLine.Command;

/**
 * Loads the classes that most calls need, and does nothing else: {@code bin/millrace} runs it once
 * under {@code -XX:ArchiveClassesAtExit}.
 */
@Command(hidden = true, description = "Load the common classes, for the class-data archive.")
final class ClassArchiveCommand implements Runnable {
  private final CommandContext context;

  ClassArchiveCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public void run() {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    CommandContext silent =
        new CommandContext(
            context.home(),
            context.workingDirectory(),
            context.environment(),
            nowhere,
            nowhere,
            context.clock());
    Millrace.commandLine(silent).execute("--help");
    Millrace.commandLine(silent).execute("run", "--date", "2013-01-01", "--print-command");
    Millrace.commandLine(silent).execute("run", "--date", "2013-01-32");
    new PlanText(Json.read(Json.write(plan()), Plan.class), true).lines();
  }

  private static Plan plan() {
    Plan.Work work =
        new Plan.Work(
            "whole",
            1,
            Plan.Need.MAKE,
            List.of(new Reason(Reason.Kind.NEVER_MADE, "", List.of(), "")),
            1,
            1);
    Plan.Step step =
        new Plan.Step("raw.t", List.of("ingest"), List.of(), List.of(work), List.of("whole"), 1, 1);
    return new Plan(
        Plan.SCHEMA,
        "m",
        LocalDate.EPOCH,
        LocalDate.EPOCH,
        false,
        "",
        Optional.of(Instant.EPOCH),
        -1,
        List.of(),
        List.of(),
        List.of(step),
        Optional.of(Map.of("raw.t", 1L)),
        List.of());
  }
}
