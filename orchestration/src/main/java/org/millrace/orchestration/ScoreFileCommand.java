package org.millrace.orchestration;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.files.ScoreFileRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The scoring of an input by an ONNX file. */
@Command(
    description = {
      "Score a table or files with an ONNX file.",
      "The input is the name of a table, or a path to Parquet files or a Delta table. The output"
          + " has the kept columns, then the model's outputs by their names: vectors as arrays,"
          + " ZipMap as a map."
    })
final class ScoreFileCommand extends FileCommand {
  @Option(names = "--model", required = true, paramLabel = "FILE", description = "The ONNX file.")
  Path model = Path.of("");

  @Option(names = "--input", required = true, paramLabel = "INPUT", description = "Rows to score.")
  String input = "";

  @Option(
      names = "--keep",
      split = ",",
      paramLabel = "COLUMN",
      description = "Columns to hand on, comma-separated.")
  List<String> keep = new ArrayList<>();

  @Option(
      names = "--columns",
      split = ",",
      paramLabel = "COLUMN",
      description =
          "Columns to feed: in order for a model of one input, else of the inputs' names;"
              + " default: for each input the column of its name.")
  List<String> columns = new ArrayList<>();

  @Option(
      names = "--output-name",
      paramLabel = "COLUMN",
      description = "Name of the output's column, for a model of one output.")
  @Nullable String outputName;

  ScoreFileCommand(CommandContext context) {
    super(context, "score-file");
  }

  @Override
  Object request(Path workingDirectory) {
    return new ScoreFileRequest(
        workingDirectory.resolve(model).normalize().toString(),
        OutputOptions.input(input, workingDirectory),
        keep,
        columns,
        Optional.ofNullable(outputName),
        output.request(workingDirectory));
  }
}
