package org.millrace.jobs;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * The local file system, in which a file of a certain name answers with a sentence of ours instead
 * of its bytes: {@code said-WHEN-CATEGORY.csv}. All other files are as they always are.
 */
public final class TellingFiles extends LocalFileSystem {
  private static final Pattern NAME = Pattern.compile("said-([A-Z_]+)-([A-Z_]+)\\.\\w+");
  private static final Map<String, Integer> OPENED = new ConcurrentHashMap<>();

  /** When a file speaks. */
  enum When {
    OPENED,
    OPENED_AGAIN,
    READ,
    READ_BUT_WRAPPED
  }

  /** Makes it the file system of a session's {@code file:} paths. */
  static void mount(SparkSession spark) {
    Configuration settings = spark.sparkContext().hadoopConfiguration();
    settings.set("fs.file.impl", TellingFiles.class.getName());
    settings.setBoolean("fs.file.impl.disable.cache", true);
    OPENED.clear();
  }

  /** Gives the session back the file system that it had. */
  static void unmount(SparkSession spark) {
    Configuration settings = spark.sparkContext().hadoopConfiguration();
    settings.unset("fs.file.impl");
    settings.unset("fs.file.impl.disable.cache");
  }

  /** The name of a file that speaks. */
  static String name(When when, ErrorCategory category, String ending) {
    return "said-" + when + "-" + category + "." + ending;
  }

  /** What it says. */
  static String sentence(When when, ErrorCategory category) {
    return "Cannot read what was "
        + when
        + ": 'x' vs \"y\", of "
        + category.exitCode()
        + "\n  rows; do this";
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    FSDataInputStream opened = super.open(path, bufferSize);
    Matcher name = NAME.matcher(path.getName());
    if (!name.matches()) {
      return opened;
    }

    When when = When.valueOf(name.group(1));
    ErrorCategory category = ErrorCategory.valueOf(name.group(2));
    MillraceException said = new MillraceException(category, sentence(when, category));
    int times = OPENED.merge(path.toString(), 1, Integer::sum);
    return switch (when) {
      case OPENED -> throw closed(opened, said);
      case OPENED_AGAIN -> {
        if (times > 1) {
          throw closed(opened, said);
        }

        yield opened;
      }
      case READ -> new FSDataInputStream(new Telling(opened, said, false));
      case READ_BUT_WRAPPED -> new FSDataInputStream(new Telling(opened, said, true));
    };
  }

  private static MillraceException closed(FSDataInputStream opened, MillraceException said)
      throws IOException {
    opened.close();
    return said;
  }

  /** Says its sentence instead of the first byte. */
  private static final class Telling extends FSInputStream {
    private final FSDataInputStream file;
    private final MillraceException said;
    private final boolean wraps;

    Telling(FSDataInputStream file, MillraceException said, boolean wraps) {
      this.file = file;
      this.said = said;
      this.wraps = wraps;
    }

    @Override
    public int read() throws IOException {
      if (wraps) {
        throw new FileNotFoundExceptionOf(said);
      }

      throw said;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      return read();
    }

    @Override
    public void seek(long position) throws IOException {
      file.seek(position);
    }

    @Override
    public long getPos() throws IOException {
      return file.getPos();
    }

    @Override
    public boolean seekToNewSource(long position) {
      return false;
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  /** What alone would be told as a file that is gone. */
  private static final class FileNotFoundExceptionOf extends FileNotFoundException {
    private static final long serialVersionUID = 1L;

    FileNotFoundExceptionOf(Throwable cause) {
      super("no such file");
      initCause(cause);
    }
  }
}
