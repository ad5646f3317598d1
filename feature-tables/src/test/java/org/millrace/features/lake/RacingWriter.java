package org.millrace.features.lake;

import io.delta.storage.LogStore;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** A process that commits lines to one log as fast as it can, without Spark. */
final class RacingWriter {
  private RacingWriter() {}

  /** Arguments: log store's class, directory of the log, this writer's name, how many commits. */
  public static void main(String[] arguments) throws Exception {
    Configuration configuration = new Configuration();
    LogStore store =
        Class.forName(arguments[0])
            .asSubclass(LogStore.class)
            .getConstructor(Configuration.class)
            .newInstance(configuration);
    java.nio.file.Path directory = java.nio.file.Path.of(arguments[1]);
    Files.createFile(directory.resolveSibling("ready-" + arguments[2]));
    OtherJvm.await(directory.resolveSibling("go"));
    long version = 0;
    for (int i = 0; i < Integer.parseInt(arguments[3]); i++) {
      version = commit(store, configuration, arguments[1], version, arguments[2] + " " + i);
    }
  }

  private static long commit(
      LogStore store, Configuration configuration, String directory, long first, String line)
      throws IOException {
    for (long version = first; ; version++) {
      Path path = new Path(directory, String.format(Locale.ROOT, "%020d.json", version));
      try {
        store.write(path, List.of(line).iterator(), false, configuration);
        return version + 1;
      } catch (FileAlreadyExistsException e) {
        // the other writer was first: the next version, as Delta would try
        if (!store.read(path, configuration).hasNext()) {
          throw new IOException("half of " + path + " was seen", e);
        }
      }
    }
  }
}
