package org.millrace.features.lake;

import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** Logs as their file system lists them. Needs no session; thread-safe. */
final class PlainLogStorage implements LogStorage {
  private final Configuration configuration;

  PlainLogStorage(Configuration configuration) {
    this.configuration = requireNonNull(configuration, "configuration is null");
  }

  @Override
  public Configuration configuration() {
    return configuration;
  }

  @Override
  public Iterator<FileStatus> listFrom(Path first) throws IOException {
    Path directory = requireNonNull(first.getParent(), "the first file has no directory");
    return Arrays.stream(first.getFileSystem(configuration).listStatus(directory))
        .filter(file -> file.getPath().getName().compareTo(first.getName()) >= 0)
        .sorted(Comparator.comparing(file -> file.getPath().getName()))
        .iterator();
  }

  @Override
  public Stream<String> lines(Path file) throws IOException {
    BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                file.getFileSystem(configuration).open(file), StandardCharsets.UTF_8));
    return reader.lines().onClose(() -> close(reader));
  }

  static void close(Closeable opened) {
    try {
      opened.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
