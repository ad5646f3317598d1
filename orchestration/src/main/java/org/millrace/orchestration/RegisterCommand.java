package org.millrace.orchestration;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A version from an ONNX file of a person's own. */
@Command(
    mixinStandardHelpOptions = true,
    description = {
      "Register an ONNX file of yours as a version of the model; `millrace gate --version N` judges"
          + " it.",
      "Its inputs are fed from the columns of their names. It is tried on rows of the training set,"
          + " or on your golden rows, before it is registered."
    })
final class RegisterCommand implements Callable<Integer>, ResultPrinter {
  private static final String MEMORY = "4g";

  private final CommandContext context;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "FILE", description = "The ONNX file.")
  Path model = Path.of("");

  @Option(
      names = "--pipeline",
      paramLabel = "PIPELINE",
      description = "Name in conf/training; default: the only one there.")
  @Nullable String pipeline;

  @Option(
      names = "--inputs",
      paramLabel = "FILE",
      description =
          "YAML or JSON with the column of each input that has another name, or the list of columns"
              + " of an input that is a matrix.")
  @Nullable Path inputs;

  @Option(
      names = "--output",
      paramLabel = "OUTPUT",
      description =
          "Which output is the score, such as probabilities[1]; default: the only sensible one, which is shown.")
  @Nullable String output;

  @Option(
      names = "--golden",
      paramLabel = "FILE",
      description =
          "Parquet with a column for each input, and the score that the model's own library gives.")
  @Nullable Path golden;

  @Mixin LaunchOptions options = new LaunchOptions();
  @Mixin ResultOption result = new ResultOption();

  RegisterCommand(CommandContext context) {
    this.context = requireNonNull(context, "context is null");
  }

  @Override
  public Integer call() {
    Calls calls = Calls.of(context, spec);
    String named = pipeline == null ? "" : pipeline;
    JobLauncher launcher =
        options.dryRun
            ? new JobLauncher(context, options)
            : calls.prepare(
                new CallKey(Verb.REGISTER.word(), named, ""),
                () -> new JobLauncher(context, options));
    String name = launcher.pipeline(named);
    RunKey key =
        new RunKey(name, Verb.REGISTER.word(), JobCommand.ownDays(launcher.definitions(), name));
    IntSupplier job =
        () ->
            launcher.runJob(
                launcher.submission(JobCommand.arguments(key, arguments()), MEMORY),
                key.toString(),
                result,
                true);
    return options.dryRun ? job.getAsInt() : calls.run(CallKey.of(key), job);
  }

  private List<String> arguments() {
    List<String> arguments = new ArrayList<>(List.of("--model", absolute(model)));
    if (inputs != null) {
      arguments.addAll(List.of("--inputs", absolute(inputs)));
    }

    if (output != null) {
      arguments.addAll(List.of("--output", output));
    }

    if (golden != null) {
      arguments.addAll(List.of("--golden", absolute(golden)));
    }

    return arguments;
  }

  private String absolute(Path file) {
    return context.workingDirectory().resolve(file).normalize().toString();
  }

  @Override
  public String name() {
    return (pipeline == null ? "" : pipeline + ".") + Verb.REGISTER.word();
  }
}
