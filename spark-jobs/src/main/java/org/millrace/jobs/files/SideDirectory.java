package org.millrace.jobs.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.millrace.contracts.ProcessStamp;
import org.millrace.contracts.files.OutputMark;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory beside an output, of one call alone: for rows that are not whole yet, and for what
 * they replace until they are in place. Its name is hidden from Spark. Driver only.
 */
final class SideDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(SideDirectory.class);
  private static final String ENDING = ".unfinished";
  private static final String RUN = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

  private final FileSystem files;
  private final Path target;
  private final OutputMark mark;
  private final Path directory;

  /**
   * @param target the output
   * @param mark of this call; its run is a UUID
   */
  SideDirectory(FileSystem files, Path target, OutputMark mark) {
    this.files = files;
    this.target = target;
    this.mark = mark;
    this.directory = new Path(target.getParent(), prefix() + mark.run() + ENDING);
  }

  /** For the rows before their count is checked. */
  Path rows() {
    return new Path(directory, "rows");
  }

  /** For the rows in another format. */
  Path table() {
    return new Path(directory, "table");
  }

  /** Makes the directory, with a mark. */
  void make() throws IOException {
    files.mkdirs(directory);
    writeMark(directory, mark);
  }

  /** Writes a mark into a directory. */
  void writeMark(Path into, OutputMark content) throws IOException {
    try (OutputStream out = files.create(new Path(into, OutputMark.FILE), true)) {
      out.write(content.toJson().getBytes(StandardCharsets.UTF_8));
    }
  }

  /**
   * Makes a directory of this side directory the output. What is there is moved aside first, and is
   * put back if the new one does not get there.
   */
  void putInPlace(Path whole) throws IOException {
    boolean replaces = files.exists(target);
    if (replaces) {
      move(target, replaced(directory));
    }

    try {
      move(whole, target);
    } catch (IOException e) {
      if (replaces) {
        move(replaced(directory), target);
      }

      throw e;
    }
  }

  /** Deletes the directory; with what was replaced only if the output is there. */
  void delete() throws IOException {
    settle(directory);
  }

  /** Does the same with what killed calls left, and with nothing else. */
  void deleteLeftovers() throws IOException {
    if (!files.exists(target.getParent())) {
      return;
    }

    for (FileStatus entry : files.listStatus(target.getParent())) {
      Optional<OutputMark> left = leftBy(entry.getPath());
      if (left.isEmpty()) {
        continue;
      }

      Optional<ProcessStamp> writer = ProcessStamp.parse(left.get().process());
      if (writer.isEmpty() || !left.get().host().equals(mark.host())) {
        LOG.warn(
            "{} is of a call on {}: delete it if that call does not run any more",
            entry.getPath(),
            left.get().host());
      } else if (writer.get().find().isEmpty()) {
        settle(entry.getPath());
      }
    }
  }

  private void settle(Path side) throws IOException {
    if (files.exists(replaced(side)) && !files.exists(target)) {
      move(replaced(side), target);
    }

    files.delete(side, true);
  }

  /** The mark of a call that wrote to the same output; empty for whatever else has such a name. */
  private Optional<OutputMark> leftBy(Path path) throws IOException {
    String name = path.getName();
    if (!name.startsWith(prefix())
        || !name.substring(prefix().length()).matches(RUN + "\\.unfinished")) {
      return Optional.empty();
    }

    Path file = new Path(path, OutputMark.FILE);
    if (!files.exists(file)) {
      return Optional.empty();
    }

    try (InputStream in = files.open(file)) {
      return OutputMark.read(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private void move(Path from, Path to) throws IOException {
    if (!files.rename(from, to)) {
      throw new IOException("the file system refused to move " + from + " to " + to);
    }
  }

  private static Path replaced(Path side) {
    return new Path(side, "replaced");
  }

  private String prefix() {
    return "." + target.getName() + ".";
  }
}
