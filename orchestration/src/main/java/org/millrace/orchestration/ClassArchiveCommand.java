package org.millrace.orchestration;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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
    Millrace.commandLine(silent).execute("run", "--date", "2013-01-01", "--dry-run");
    Millrace.commandLine(silent).execute("run", "--date", "2013-01-32");
  }
}
