package org.millrace.orchestration;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.millrace.contracts.Causes;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.ProcessStamp;
import org.millrace.contracts.WholeFile;
import org.millrace.orchestration.Call.Ending;
import org.millrace.orchestration.launch.Redaction;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Keeps calls of jobs in {@code <home>/.millrace/calls}, for {@code millrace retry}: one file for
 * each key, from before the job starts until it ends with 0. What remains are calls that failed,
 * were killed, or are at work. A file that cannot be written does not fail the job.
 */
final class Calls {
  private final CommandContext context;
  private final List<String> arguments;

  /**
   * @param arguments of the call, as they were typed
   */
  Calls(CommandContext context, List<String> arguments) {
    this.context = requireNonNull(context, "context is null");
    this.arguments = List.copyOf(arguments);
  }

  /** The calls of the command that is at work. */
  static Calls of(CommandContext context, CommandSpec command) {
    return new Calls(context, command.root().commandLine().getParseResult().originalArgs());
  }

  /** Where the calls are. */
  static Path directory(CommandContext context) {
    return context.state().resolve("calls");
  }

  /** Does what comes before a job, such as reading the definitions; a failure is kept. */
  <T> T prepare(CallKey key, Supplier<T> step) {
    T made;
    try {
      made = step.get();
    } catch (RuntimeException e) {
      write(begun(key).endedBy(Ending.of(e)));
      throw e;
    }

    if (key.pipeline().isEmpty() && !key.days().isEmpty()) {
      forget(key); // from here on the call has a pipeline, and so another key
    }

    return made;
  }

  /**
   * Runs a job; its call is kept unless it ends with 0.
   *
   * @return the exit code of the job
   */
  int run(CallKey key, IntSupplier job) {
    Call call = begun(key);
    write(call);
    int exitCode;
    try {
      exitCode = job.getAsInt();
    } catch (RuntimeException e) {
      write(call.endedBy(Ending.of(e)));
      throw e;
    }

    if (exitCode == 0) {
      forget(key);
      forget(new CallKey(key.verb(), "", key.days())); // of a call that could not say its pipeline
    } else {
      write(call.endedBy(ending(key, exitCode)));
    }

    return exitCode;
  }

  private Call begun(CallKey key) {
    return new Call(
        key,
        arguments,
        context.workingDirectory().toString(),
        context.variable("MILLRACE_LAKE"),
        context.variable("MLFLOW_TRACKING_URI"),
        ProcessStamp.ofThisProcess().map(ProcessStamp::toString).orElse(""),
        null);
  }

  /** How a job failed: as its result line says, if it was kept after the call. */
  private Ending ending(CallKey key, int exitCode) {
    Path result = context.state().resolve("results").resolve(key + ".json");
    try {
      if (Files.exists(result)
          && Files.exists(file(key))
          && Files.getLastModifiedTime(result).compareTo(Files.getLastModifiedTime(file(key)))
              >= 0) {
        JobResult line = JobResult.fromJsonLine(Files.readString(result));
        return new Ending(exitCode, line.category(), line.message());
      }
    } catch (IOException | MillraceException e) { // the job's own code counts all the same
      context.err().println("millrace: cannot read " + result + ": " + Causes.words(e));
    }

    return new Ending(
        exitCode, null, "It ended with exit code " + exitCode + " and kept no result");
  }

  private Path file(CallKey key) {
    return directory(context).resolve(key + ".json");
  }

  private void write(Call call) {
    if (!call.key().toString().matches("[A-Za-z0-9_.-]+")) {
      return; // typed so, and no name of a pipeline
    }

    if (Stream.concat(call.arguments().stream(), Stream.of(call.lake(), call.registryOrNone()))
        .anyMatch(Redaction::hasPassword)) {
      return; // the job refuses it, and a file is no place for it either
    }

    Path file = file(call.key());
    try {
      WholeFile.write(file, (Json.write(call) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      context
          .err()
          .println("millrace: cannot keep the call in " + file + " for 'millrace retry': " + e);
    }
  }

  private void forget(CallKey key) {
    try {
      Files.deleteIfExists(file(key));
    } catch (IOException e) {
      context
          .err()
          .println("millrace: cannot delete " + file(key) + ": " + Causes.words(e) + "; delete it");
    }
  }
}
