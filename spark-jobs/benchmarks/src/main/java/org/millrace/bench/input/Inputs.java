package org.millrace.bench.input;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The folder of the inputs; what is missing in it is made in a child process. Driver only. */
public final class Inputs {
  private final Path folder;
  private final List<String> java;
  private final Consumer<String> progress;

  /**
   * @param java the words that start a JVM with our class path, up to the main class
   * @param progress told when something has to be made
   */
  public Inputs(Path folder, List<String> java, Consumer<String> progress) {
    this.folder = folder;
    this.java = List.copyOf(java);
    this.progress = progress;
  }

  /** The model's file. */
  public Path model(BenchModel model) throws IOException {
    Path file = model.file(folder);
    if (!Files.exists(file)) {
      progress.accept("Making the model " + file.getFileName());
      make(List.of("model", model.name()));
    }

    return file;
  }

  /** A folder with the first rows of the data set, rounded up to whole files. */
  public Path rows(DataSet data, long rows) throws IOException {
    int files = Math.max(data.files(rows), data.checkFiles());
    if (data.filesMade(folder) < files) {
      progress.accept("Making %,d rows in %s".formatted(data.rows(files), data.root(folder)));
      make(
          List.of(
              "data",
              data.shape().name(),
              Integer.toString(data.width()),
              Integer.toString(data.fileRows()),
              Integer.toString(data.checkFiles()),
              Integer.toString(files)));
    }

    return data.folder(folder, rows);
  }

  /** Folder of a table of an as-of benchmark: of the spine, -1, or of a view, from 0. */
  public Path asOf(AsOfData data, int view) throws IOException {
    Path table = data.folder(folder, view);
    if (!Files.isDirectory(table)) {
      progress.accept("Making %,d rows in %s".formatted(data.rows(view), table));
      makeWith(
          MakeAsOfInputs.class,
          List.of(data.shape().name(), Long.toString(data.rows()), Integer.toString(view + 1)));
    }

    return table;
  }

  /** The check rows' floats. */
  public Path raw(DataSet data) {
    return data.raw(folder);
  }

  private void make(List<String> what) throws IOException {
    makeWith(MakeInputs.class, what);
  }

  private void makeWith(Class<?> maker, List<String> what) throws IOException {
    Files.createDirectories(folder);
    List<String> words = new ArrayList<>(java);
    words.add(maker.getName());
    words.add(folder.toString());
    words.addAll(what);
    Path log = folder.resolve("make.log");
    Process making =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      int code = making.waitFor();
      if (code != 0) {
        throw new IOException(
            "Cannot make %s: the process ended with %d; its log is %s".formatted(what, code, log));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Cannot make " + what + ": interrupted", e);
    } finally {
      making.destroyForcibly();
    }
  }
}
