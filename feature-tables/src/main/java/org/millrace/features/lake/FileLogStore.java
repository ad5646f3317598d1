package org.millrace.features.lake;

import io.delta.storage.HadoopFileSystemLogStore;
import java.io.BufferedWriter;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Delta's log on local and mounted file systems, guarded between processes: of all writers of one
 * version, in any JVM, exactly one succeeds. Delta's own {@code LocalLogStore} looks whether the
 * file exists and then renames onto it, which guards inside one JVM only.
 *
 * <p>A file is written under a temporary name, forced to disk, and then linked to its final name.
 * The file system makes the link, or refuses it if the name exists. So a reader never sees half of
 * a file. A temporary name starts with a dot and sorts before every name that Delta lists.
 *
 * <p>Placement: driver only; Delta creates it by the setting {@code
 * spark.delta.logStore.file.impl}. Thread-safe.
 */
public class FileLogStore extends HadoopFileSystemLogStore {
  /** Called by Delta. */
  public FileLogStore(Configuration hadoopConf) {
    super(hadoopConf);
  }

  /**
   * Writes lines to a file.
   *
   * @param overwrite whether an existing file is replaced, at once and whole
   * @throws FileAlreadyExistsException if the file exists and is not to be replaced
   * @throws IOException if the file system refuses; a failure after the link leaves a whole file
   */
  @Override
  public void write(
      Path path, Iterator<String> actions, Boolean overwrite, Configuration hadoopConf)
      throws IOException {
    java.nio.file.Path target = localPath(path, hadoopConf);
    java.nio.file.Path directory = target.resolveSibling("");
    if (!Files.isDirectory(directory)) {
      throw new FileNotFoundException("No such file or directory: " + directory);
    }

    if (!overwrite && Files.exists(target)) {
      throw new FileAlreadyExistsException(path.toString());
    }

    java.nio.file.Path temporary =
        target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      writeDurably(temporary, actions);
      // Hadoop's checksum of a former file with this name would make the new one unreadable
      Files.deleteIfExists(target.resolveSibling("." + target.getFileName() + ".crc"));
      if (overwrite) {
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      } else {
        link(temporary, target, path);
      }
    } finally {
      Files.deleteIfExists(temporary);
    }

    forceDirectory(directory);
  }

  /**
   * True: Delta writes checkpoints past this store, and of those a part would be seen. With this
   * answer it renames them into place.
   */
  @Override
  public Boolean isPartialWriteVisible(Path path, Configuration hadoopConf) {
    return true;
  }

  private static java.nio.file.Path localPath(Path path, Configuration hadoopConf)
      throws IOException {
    // decoded: blanks, percent signs and quotes are written as themselves
    return java.nio.file.Path.of(
        path.getFileSystem(hadoopConf).makeQualified(path).toUri().getPath());
  }

  private static void writeDurably(java.nio.file.Path file, Iterator<String> lines)
      throws IOException {
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        BufferedWriter writer =
            new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8))) {
      while (lines.hasNext()) {
        writer.write(lines.next());
        writer.write('\n');
      }

      writer.flush();
      channel.force(true);
    }
  }

  private static void link(java.nio.file.Path temporary, java.nio.file.Path target, Path path)
      throws IOException {
    try {
      Files.createLink(target, temporary);
    } catch (FileAlreadyExistsException e) {
      FileAlreadyExistsException lost = new FileAlreadyExistsException(path.toString());
      lost.initCause(e);
      throw lost;
    } catch (UnsupportedOperationException e) {
      throw new IOException("Cannot commit " + path + ": the file system has no hard links", e);
    }
  }

  private static void forceDirectory(java.nio.file.Path directory) throws IOException {
    // else the name of the commit, not its content, could be lost with the power
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
