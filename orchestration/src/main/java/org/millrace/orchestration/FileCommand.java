package org.millrace.orchestration;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.orchestration.launch.ChildProcess;
import org.millrace.orchestration.launch.SparkSubmission;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A job on plain files and tables, which needs no definitions. */
@Command(mixinStandardHelpOptions = true)
abstract class FileCommand implements Callable<Integer> {
  private static final String MEMORY = "4g";

  private final CommandContext context;
  private final String verb;

  @Mixin OutputOptions output = new OutputOptions();
  @Mixin LaunchOptions options = new LaunchOptions();

  FileCommand(CommandContext context, String verb) {
    this.context = requireNonNull(context, "context is null");
    this.verb = verb;
  }

  /** What the job is asked for, as a record of {@code contracts.files}. */
  abstract Object request(Path workingDirectory);

  @Override
  public Integer call() {
    SparkSubmission submission;
    try {
      String request = Json.write(request(context.workingDirectory()));
      submission =
          JobLauncher.withoutPipelines(context, options)
              .submission(List.of(verb, "--request", request), MEMORY);
    } catch (MillraceException e) {
      String message = String.valueOf(e.getMessage());
      context.out().println(JobResult.failed(verb, e.category(), message, 0).toJsonLine());
      throw e;
    }

    if (options.dryRun) {
      ChildProcess.print(submission.command(), context.out());
      return 0;
    }

    return ChildProcess.run(submission.command(), submission.environment());
  }
}
