package org.millrace.orchestration;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A version from an ONNX file of a person's own. */
@Command(
    description = {
      "Register an ONNX file of yours as a version of the model; `millrace gate --version N` judges"
          + " it.",
      "Its inputs are fed from the columns of their names. It is tried on rows of the training set,"
          + " or on your golden rows, before it is registered."
    })
final class RegisterCommand extends ModelJobCommand {
  @Parameters(index = "0", paramLabel = "FILE", description = "The ONNX file.")
  Path model = Path.of("");

  @Option(
      names = "--pipeline",
      paramLabel = "PIPELINE",
      description = JobLauncher.PIPELINE_PARAMETER)
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
          "Which output is the score, such as probabilities[1]; default: the only sensible one,"
              + " which is shown.")
  @Nullable String output;

  @Option(
      names = "--golden",
      paramLabel = "FILE",
      description =
          "Parquet with a column for each input, and the score that the model's own library gives.")
  @Nullable Path golden;

  RegisterCommand(CommandContext context) {
    super(context, Verb.REGISTER);
  }

  @Override
  String pipeline() {
    return pipeline == null ? "" : pipeline;
  }

  @Override
  List<String> arguments() {
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
    return context().workingDirectory().resolve(file).normalize().toString();
  }
}
