package org.millrace.orchestration;

import org.millrace.contracts.ErrorCategory;
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
      printResult(commandLine, expected.category(), String.valueOf(expected.getMessage()));
      return expected.category().exitCode();
    }

    context.err().println("millrace: a defect: " + failure);
    failure.printStackTrace(context.err());
    printResult(commandLine, ErrorCategory.INTERNAL, failure.toString());
    return ErrorCategory.INTERNAL.exitCode();
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

    printResult(command, ErrorCategory.DEFINITION, String.valueOf(failure.getMessage()));
    return ErrorCategory.DEFINITION.exitCode();
  }

  /** The result line of a job that could not start. */
  private void printResult(CommandLine command, ErrorCategory category, String message) {
    if (command.getCommand() instanceof ResultPrinter job) {
      context.out().println(JobResult.failed(job.name(), category, message, 0).toJsonLine());
    }
  }
}
