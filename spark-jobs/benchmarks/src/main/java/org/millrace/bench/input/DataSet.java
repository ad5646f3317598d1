package org.millrace.bench.input;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Rows of standard normal floats with an {@code id} from 0, as Parquet files of the same size each,
 * in the order of their ids: the first files of a larger data set are the smaller one.
 *
 * @param shape whether the floats are columns or one array
 * @param width floats of a row
 * @param fileRows rows of a file
 * @param checkFiles how many files, from the first, hold the check rows
 */
public record DataSet(Shape shape, int width, int fileRows, int checkFiles) {

  /** How the floats of a row are stored. */
  public enum Shape {
    /** Columns {@code f0, f1, ...}. */
    COLUMNS,
    /** One column {@code features}. */
    ARRAY
  }

  /** The columns of a model's input, in order. */
  public List<String> columns() {
    return shape == Shape.ARRAY
        ? List.of("features")
        : IntStream.range(0, width).mapToObj(i -> "f" + i).toList();
  }

  /** Files that hold so many rows; the last one is never cut. */
  public int files(long rows) {
    return (int) ((rows + fileRows - 1) / fileRows);
  }

  /** Rows of so many files. */
  public long rows(int files) {
    return (long) files * fileRows;
  }

  /** Rows whose scores are compared. */
  public int checkRows() {
    return fileRows * checkFiles;
  }

  /** Where all of the data set's folders are, below the inputs' folder. */
  public Path root(Path inputs) {
    String floats = shape == Shape.ARRAY ? "array" + width : "columns" + width;
    return inputs.resolve(floats + "-" + fileRows);
  }

  /**
   * A folder with the first rows alone: hard links to the largest one's files.
   *
   * @throws IOException also where fewer rows were made
   */
  public Path folder(Path inputs, long rows) throws IOException {
    int files = files(rows);
    Path folder = root(inputs).resolve("first-" + files);
    if (Files.isDirectory(folder)) {
      return folder;
    }

    List<Path> made = parquetFiles(made(inputs));
    if (made.size() < files) {
      throw new IOException(
          "Cannot link %d files below %s: %d were made"
              .formatted(files, root(inputs), made.size()));
    }

    Path partial = Files.createTempDirectory(root(inputs), "partial-");
    for (Path file : made.subList(0, files)) {
      Files.createLink(partial.resolve(file.getFileName()), file);
    }

    return Files.move(partial, folder);
  }

  /** The check rows' floats, row by row, little-endian. */
  public Path raw(Path inputs) {
    return root(inputs).resolve("check.f32");
  }

  /** How many files there are, of which smaller folders can be made. */
  public int filesMade(Path inputs) throws IOException {
    return Files.exists(raw(inputs)) ? parquetFiles(made(inputs)).size() : 0;
  }

  Path made(Path inputs) {
    return root(inputs).resolve("made");
  }

  private static List<Path> parquetFiles(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }

    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".parquet")).sorted().toList();
    }
  }
}
