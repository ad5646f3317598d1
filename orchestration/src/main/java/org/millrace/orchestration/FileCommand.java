package org.millrace.orchestration;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import org.millrace.contracts.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A job on plain files and tables, which needs no definitions. */
@Command(mixinStandardHelpOptions = true)
abstract class FileCommand implements Callable<Integer>, ResultPrinter {
  private static final String MEMORY = "4g";

  private final CommandContext context;
  private final String verb;

  @Spec private CommandSpec spec = CommandSpec.create();

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
    String request = Json.write(request(context.workingDirectory()));
    JobLauncher launcher = JobLauncher.withoutPipelines(context, options);
    IntSupplier job =
        () ->
            launcher.runJob(launcher.submission(List.of(verb, "--request", request), MEMORY), verb);
    return options.printsCommand
        ? job.getAsInt()
        : Calls.of(context, spec).run(new CallKey(verb, "", ""), job);
  }

  @Override
  public String name() {
    return verb;
  }
}
