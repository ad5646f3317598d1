package org.millrace.jobs.files;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.HostName;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.ProcessStamp;
import org.millrace.contracts.files.OutputMark;
import org.millrace.contracts.files.OutputRequest;
import org.millrace.contracts.files.OutputRequest.Format;

/**
 * Rows that become visible at once or not at all: they are written beside the output first, and
 * take its place when the job has checked them. Only what a former call wrote is replaced, and it
 * stays until the new rows are whole. Driver only; close it when the job has ended.
 */
final class FileOutput implements AutoCloseable {
  private final SparkSession spark;
  private final OutputRequest request;
  private final Configuration settings;
  private final OutputMark mark;
  private final Path target;
  private final FileSystem files;
  private final OutputPlace place;
  private final SideDirectory side;
  private boolean published;

  /**
   * Looks at the place, and settles what killed calls left beside it.
   *
   * @param command whose output it is: {@code asof} or {@code score-file}
   * @param inputs paths of the inputs, as far as they are given by paths
   * @throws MillraceException DEFINITION if something is there that is not to be replaced, or the
   *     output is not apart from the inputs
   */
  FileOutput(SparkSession spark, OutputRequest request, String command, List<Path> inputs) {
    this.spark = spark;
    this.request = request;
    this.settings = spark.sessionState().newHadoopConf();
    try {
      this.mark = mark(command);
      this.target = new Path(request.path());
      this.files = target.getFileSystem(settings);
      this.place = new OutputPlace(files, target);
      this.side = new SideDirectory(files, target, mark);
      if (target.getParent() == null) {
        throw refused("write", "it is the root of a file system; give a path below it");
      }

      requireApart(inputs);
      side.deleteLeftovers();
      requireFree();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /**
   * Refuses an output that is an input, lies in one, or holds one, by whatever name.
   *
   * @throws MillraceException DEFINITION that names the input
   */
  final void requireApart(List<Path> inputs) {
    try {
      Path output = RealPaths.real(settings, target);
      for (Path given : inputs) {
        Path input = RealPaths.real(settings, given);
        if (output.equals(input)) {
          throw refused("write", "it is the input " + given + "; give another path");
        }

        if (RealPaths.holds(output, input)) {
          throw refused("write", "the input " + given + " lies in it; give another path");
        }

        if (RealPaths.holds(input, output)) {
          throw refused("write", "it lies in the input " + given + "; give another path");
        }
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Writes the rows beside the output. */
  void stage(Dataset<Row> rows) {
    try {
      side.make();
    } catch (IOException e) {
      throw failed(e);
    }

    rows.write().parquet(side.rows().toString());
  }

  /**
   * Makes the staged rows the output.
   *
   * @throws MillraceException DEFINITION if something came to the place in the meantime
   */
  void publish() {
    try {
      requireFree();
      if (request.format() == Format.PARQUET) {
        List<String> names =
            place.names(side.rows()).stream().filter(name -> !name.startsWith(".")).toList();
        side.writeMark(side.rows(), mark.withFiles(names));
        side.putInPlace(side.rows());
      } else if (place.isDelta()) {
        delta().mode("overwrite").option("overwriteSchema", "true").save(request.path());
      } else {
        delta().save(side.table().toString());
        side.putInPlace(side.table());
      }

      published = true;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /**
   * Deletes what is beside the output; what was moved aside is put back if nothing took its place.
   */
  @Override
  public void close() {
    if (!published) {
      RunningTasks.awaitEnd(spark);
    }

    try {
      side.delete();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private DataFrameWriter<Row> delta() {
    Dataset<Row> staged = spark.read().parquet(side.rows().toString());
    return staged.write().format("delta").option("userMetadata", mark.toJson());
  }

  private void requireFree() throws IOException {
    if (!request.overwrite() && place.isTaken()) {
      throw refused("write", "it is there already; give another path, or --overwrite");
    }

    Optional<String> obstacle = place.obstacle(request.format());
    if (obstacle.isPresent()) {
      throw refused(
          "overwrite",
          obstacle.get()
              + ", and only what a former asof or score-file of this release wrote is replaced;"
              + " delete it yourself if it may go, or give another path");
    }
  }

  private static OutputMark mark(String command) {
    String process = ProcessStamp.ofThisProcess().map(ProcessStamp::toString).orElse("");
    return new OutputMark(
        OutputMark.PROGRAM,
        command,
        UUID.randomUUID().toString(),
        HostName.current(),
        process,
        List.of());
  }

  private MillraceException refused(String verb, String reason) {
    return new MillraceException(
        ErrorCategory.DEFINITION, "Cannot " + verb + " " + request.path() + ": " + reason);
  }

  private MillraceException failed(IOException e) {
    return new MillraceException(
        ErrorCategory.EXTERNAL, "Cannot write " + request.path() + ": " + Causes.words(e), e);
  }
}
