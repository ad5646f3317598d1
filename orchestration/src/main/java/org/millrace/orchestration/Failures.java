package org.millrace.orchestration;

import java.io.IOException;
import java.util.UUID;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.FailureLog;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what went wrong, on stderr, and turns it into the exit code of its category. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
  private final CommandContext context;

  Failures(CommandContext context) {
    this.context = context;
  }

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine commandLine, ParseResult parsed) {
    if (failure instanceof MillraceException expected) {
      context.err().println("millrace: " + expected.getMessage());
      printResult(commandLine, expected.category(), String.valueOf(expected.getMessage()), "");
      return expected.category().exitCode();
    }

    String name =
        commandLine.getCommand() instanceof ResultPrinter job
            ? job.name()
            : commandLine.getCommandName();
    String sentence = "a defect: " + failure;
    String trace = keptTrace(name, sentence, failure);
    context
        .err()
        .println("millrace: " + sentence + (trace.isEmpty() ? "" : "; its trace is in " + trace));
    printResult(commandLine, ErrorCategory.INTERNAL, failure.toString(), trace);
    return ErrorCategory.INTERNAL.exitCode();
  }

  /** Where the trace is kept; empty if no disk takes it, and it is printed. */
  private String keptTrace(String name, String sentence, Exception failure) {
    try {
      return new FailureLog(context.home())
          .keep(name, UUID.randomUUID().toString(), sentence, failure)
          .toString();
    } catch (IOException e) {
      context.err().println("millrace: cannot keep the trace of a defect: " + e);
      failure.printStackTrace(context.err());
      return "";
    }
  }

  @Override
  public int handleParseException(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    context.err().println("millrace: " + failure.getMessage());
    if (!UnmatchedArgumentException.printSuggestions(failure, command.getErr())) {
      context
          .err()
          .println(
              "Try '" + command.getCommandSpec().qualifiedName() + " --help' for its options.");
    }

    printResult(command, ErrorCategory.DEFINITION, String.valueOf(failure.getMessage()), "");
    return ErrorCategory.DEFINITION.exitCode();
  }

  /** Of a command that prints a page on a terminal: the sentence is enough there. */
  private static boolean isForPeople(CommandLine command) {
    ParseResult parsed = command.getParseResult();
    boolean isAsked = parsed != null && parsed.hasMatchedOption("--json");
    return command.getCommandSpec().findOption("--json") != null
        && !isAsked
        && ResultOption.isTerminal();
  }

  /** The result line of a job that could not start. */
  private void printResult(
      CommandLine command, ErrorCategory category, String message, String log) {
    if (command.getCommand() instanceof ResultPrinter job && !isForPeople(command)) {
      context
          .out()
          .println(JobResult.failed(job.name(), category, message, 0).withLog(log).toJsonLine());
    }
  }
}
