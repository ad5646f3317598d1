package org.millrace.jobs.failure;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/** The local file system as {@code full:/...}, on a disk with space for a few bytes. */
public final class FullDisk extends RawLocalFileSystem {
  @Override
  public URI getUri() {
    return URI.create("full:///");
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    super.create(path, overwrite, bufferSize, replication, blockSize, progress).close();
    return new FSDataOutputStream(new Full(), null);
  }

  private static final class Full extends OutputStream {
    private int space = 64;

    @Override
    public void write(int b) throws IOException {
      if (--space < 0) {
        throw new IOException("No space left on device");
      }
    }
  }
}
