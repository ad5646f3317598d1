package org.millrace.features.lease;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.storage.LogStore;
import org.apache.spark.sql.delta.storage.LogStore$;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.collection.Iterator;
import scala.collection.JavaConverters;

/**
 * The lease log: numbered files, each with all leases in force at its number. The next number is
 * created atomically by Delta's log store, so of two writers one wins; the other reads again. Old
 * files are removed: only the newest says anything. Driver only; safe against other processes.
 */
final class LeaseLog {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseLog.class);
  private static final String SUFFIX = ".json";
  private static final int KEPT = 20;
  private static final int MOST_READS = 100;

  private final Path directory;
  private final LogStore store;
  private final Configuration conf;

  LeaseLog(SparkSession spark, String directory) {
    this.store = LogStore$.MODULE$.apply(spark);
    this.conf = spark.sessionState().newHadoopConf();
    this.directory = qualified(new Path(directory));
  }

  /** Delta chooses the store by the scheme: without one it is one that guards inside a JVM only. */
  private Path qualified(Path path) {
    try {
      return path.getFileSystem(conf).makeQualified(path);
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot reach the leases in " + path + ": " + Causes.words(e), e);
    }
  }

  /**
   * A state and its number.
   *
   * @param number of the file; -1 if there is none yet
   */
  record Numbered(long number, LeaseState state) {
    /** The number of the state that may follow. */
    long next() {
      return Math.max(number, state.start()) + 1;
    }
  }

  /** The newest state. */
  Numbered newest() {
    for (int read = 0; read < MOST_READS; read++) {
      List<Long> numbers = numbers();
      if (numbers.isEmpty()) {
        return new Numbered(-1, LeaseState.EMPTY);
      }

      long newest = numbers.get(numbers.size() - 1);
      Optional<LeaseState> state = read(newest);
      if (state.isPresent()) {
        return new Numbered(newest, state.get());
      } // else it was removed since it was listed: there are newer ones
    }

    throw new MillraceException(
        ErrorCategory.EXTERNAL,
        "Cannot read the leases in " + directory + ": the files vanish while they are read");
  }

  /** Writes a state under a number; false if another program took the number first. */
  boolean write(long number, LeaseState state) {
    Iterator<String> lines = JavaConverters.asScalaIterator(List.of(Json.write(state)).iterator());
    try {
      directory.getFileSystem(conf).mkdirs(directory);
      store.write(file(number), lines, false, conf);
    } catch (Exception e) { // Scala declares no checked exceptions
      if (e instanceof FileAlreadyExistsException
          || e instanceof org.apache.hadoop.fs.FileAlreadyExistsException) {
        return false;
      }

      throw failed("write", e);
    }

    removeOld();
    return true;
  }

  /**
   * True if so many later ones were written that the file of this number is removed as old. If this
   * program slept before it wrote the number, another program may have had it, and what was written
   * is not in force.
   */
  boolean isPassed(long number) {
    List<Long> numbers = numbers();
    return !numbers.isEmpty() && numbers.get(numbers.size() - 1) >= number + KEPT;
  }

  private Optional<LeaseState> read(long number) {
    try {
      List<String> lines = JavaConverters.seqAsJavaList(store.read(file(number), conf));
      return Optional.of(Json.read(String.join("", lines), LeaseState.class));
    } catch (Exception e) { // Scala declares no checked exceptions
      if (e instanceof FileNotFoundException) {
        return Optional.empty();
      }

      throw failed("read", e);
    }
  }

  private List<Long> numbers() {
    List<Long> numbers = new ArrayList<>();
    try {
      FileSystem files = directory.getFileSystem(conf);
      if (files.exists(directory)) {
        for (FileStatus file : files.listStatus(directory)) {
          String name = file.getPath().getName();
          if (name.matches("\\d{20}\\.json")) {
            numbers.add(Long.parseLong(name.substring(0, name.length() - SUFFIX.length())));
          }
        }
      }
    } catch (IOException e) {
      throw failed("list", e);
    }

    numbers.sort(null);
    return numbers;
  }

  /** The next write tries again: what was written stands, with or without old files beside it. */
  private void removeOld() {
    try {
      List<Long> numbers = numbers();
      FileSystem files = directory.getFileSystem(conf);
      for (long old : numbers.subList(0, Math.max(0, numbers.size() - KEPT))) {
        files.delete(file(old), false);
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("Cannot remove old leases in {}: {}", directory, e.toString());
    }
  }

  private Path file(long number) {
    return new Path(directory, String.format(Locale.ROOT, "%020d", number) + SUFFIX);
  }

  private MillraceException failed(String verb, Exception cause) {
    return cause instanceof MillraceException ours
        ? ours
        : new MillraceException(
            ErrorCategory.EXTERNAL,
            "Cannot " + verb + " the leases in " + directory + ": " + cause,
            cause);
  }
}
