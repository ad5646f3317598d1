package org.millrace.orchestration;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.files.ScoreFileRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The scoring of an input by an ONNX file. */
@Command(
    description = {
      "Score a table or files with an ONNX file.",
      "The input is the name of a table, or a path or pattern of Parquet, CSV, JSON, ORC or Avro"
          + " files or a Delta table. The output has the kept columns, then the model's outputs by"
          + " their names: vectors as arrays, ZipMap as a map.",
      "Put names of columns with a comma or an equals sign in double quotes."
    })
final class ScoreFileCommand extends FileCommand {
  @Option(names = "--model", required = true, paramLabel = "FILE", description = "The ONNX file.")
  Path model = Path.of("");

  @Option(names = "--input", required = true, paramLabel = "INPUT", description = "Rows to score.")
  String input = "";

  @Option(
      names = "--keep",
      converter = NameList.Converter.class,
      paramLabel = "COLUMN,...",
      description = "Columns to hand on, comma-separated.")
  NameList keep = NameList.none();

  @Option(
      names = "--columns",
      converter = NameList.Converter.class,
      paramLabel = "COLUMN,...",
      description =
          "Columns to feed: in order for a model of one input, else of the inputs' names;"
              + " default: for each input the column of its name.")
  NameList columns = NameList.none();

  @Option(
      names = "--inputs",
      converter = NameList.Converter.class,
      paramLabel = "INPUT=COLUMN,...",
      description =
          "Which column feeds which input of the model; an input that is named several times takes"
              + " these columns in order.")
  NameList inputs = NameList.none();

  @Option(
      names = "--outputs",
      converter = NameList.Converter.class,
      paramLabel = "OUTPUT[=COLUMN],...",
      description =
          "Outputs to hand on, and under what name: label,probabilities[1]=score; default: all, by"
              + " their own names.")
  NameList outputs = NameList.none();

  @Option(
      names = "--null",
      converter = NameList.Converter.class,
      paramLabel = "COLUMN=VALUE,...",
      description =
          "What the model is given if a value is missing; default: NaN for numbers that can be,"
              + " else a missing value is refused.")
  NameList nulls = NameList.none();

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
        keep.names(),
        columns.names(),
        inputs.groups(),
        outputs.pairs(),
        Optional.ofNullable(outputName),
        nulls.pairs(),
        output.request(workingDirectory));
  }
}
