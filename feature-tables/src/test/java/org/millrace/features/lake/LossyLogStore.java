package org.millrace.features.lake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/** A log store whose next commit goes wrong as a test says. */
public final class LossyLogStore extends FileLogStore {
  /** What becomes of the next commit. */
  enum Fault {
    NONE,
    /** The write fails and has no effect. */
    BEFORE,
    /** The write takes effect, and then its answer is lost. */
    AFTER,
    /** The write took effect at a first try; a repeated one finds the file. */
    REPEATED,
    /** The answer is lost, and the write takes effect just before the next one. */
    LATE,
    /** The write takes effect, and then nothing of the log answers any more. */
    DOWN
  }

  static final AtomicReference<Fault> NEXT = new AtomicReference<>(Fault.NONE);
  private static volatile boolean isDown;
  private static volatile @Nullable Lost late;

  record Lost(Path path, List<String> lines, boolean isSentLater) {}

  /** Called by Delta. */
  public LossyLogStore(Configuration hadoopConf) {
    super(hadoopConf);
  }

  static void heal() {
    NEXT.set(Fault.NONE);
    isDown = false;
    late = null;
  }

  /** The lines that were last lost, to be sent by a test later than anything else. */
  static Lost lost() {
    Lost lost = late;
    if (lost == null) {
      throw new IllegalStateException("nothing was lost");
    }

    return lost;
  }

  @Override
  public void write(
      Path path, Iterator<String> actions, Boolean overwrite, Configuration hadoopConf)
      throws IOException {
    requireUp();
    if (!path.getName().endsWith(".json") || overwrite) {
      super.write(path, actions, overwrite, hadoopConf);
      return;
    }

    Lost before = late;
    if (before != null && before.isSentLater()) {
      late = null;
      super.write(before.path(), before.lines().iterator(), false, hadoopConf);
    }

    List<String> lines = new ArrayList<>();
    actions.forEachRemaining(lines::add);
    Fault fault = NEXT.getAndSet(Fault.NONE);
    if (fault == Fault.BEFORE || fault == Fault.LATE) {
      late = new Lost(path, lines, fault == Fault.LATE);
      throw new IOException("no answer");
    }

    super.write(path, lines.iterator(), false, hadoopConf);
    switch (fault) {
      case AFTER -> throw new IOException("no answer");
      case REPEATED -> super.write(path, lines.iterator(), false, hadoopConf);
      case DOWN -> {
        isDown = true;
        throw new IOException("no answer");
      }
      default -> {}
    }
  }

  @Override
  public Iterator<FileStatus> listFrom(Path path, Configuration hadoopConf) throws IOException {
    requireUp();
    return super.listFrom(path, hadoopConf);
  }

  private static void requireUp() throws IOException {
    if (isDown) {
      throw new IOException("the storage is down");
    }
  }
}
