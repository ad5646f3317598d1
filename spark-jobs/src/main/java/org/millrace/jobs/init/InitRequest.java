package org.millrace.jobs.init;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * What a pipeline is to be written from.
 *
 * @param name of the pipeline and its model
 * @param spine where the rows are that are asked about
 * @param id columns that name such a row
 * @param asOf its time: when it is asked about
 * @param label what came true; empty for a column of the spine's files is not possible, as a model
 *     needs a label
 * @param labelDays after so many days a label is known; empty to take what the files show
 * @param absent label of a row for which none came; empty for none
 * @param positive the value that means 1 in a label of two texts
 * @param facts files that tell more, in the order in which their views are joined
 * @param zone of days, and of times that are written without one; empty for that of the definitions
 *     that there are, else UTC
 * @param nulls texts that mean that there is no value; those that are found are added
 * @param conf the directory of the definitions
 * @param home where relative paths of definitions start
 */
public record InitRequest(
    String name,
    String spine,
    List<String> id,
    String asOf,
    LabelFiles label,
    Optional<Integer> labelDays,
    Optional<Integer> absent,
    Optional<String> positive,
    List<FactsFiles> facts,
    Optional<ZoneId> zone,
    List<String> nulls,
    Path conf,
    Path home) {
  /** Copies the lists. */
  public InitRequest {
    requireNonNull(name, "name is null");
    requireNonNull(conf, "conf is null");
    requireNonNull(home, "home is null");
    id = List.copyOf(id);
    facts = List.copyOf(facts);
    nulls = List.copyOf(nulls);
  }

  /**
   * A label.
   *
   * @param location its files; empty if it is a column of the spine's
   * @param column 0 or 1, true or false, or one of two texts
   * @param knownAt when it became known; empty to take the only time of its files, or the days
   *     after the row
   */
  public record LabelFiles(Optional<String> location, String column, Optional<String> knownAt) {}

  /** What a file of facts is. */
  public enum Shape {
    /** The number of rows of a key tells. */
    FOUND,
    /** Rows are events: they are counted and averaged in windows. */
    EVENTS
  }

  /**
   * Files that tell more.
   *
   * @param location the files
   * @param keys column of the files by column of the spine, in order
   * @param time when a row became known; empty if it always was
   * @param shape what its rows are
   */
  public record FactsFiles(String location, List<Key> keys, Optional<String> time, Shape shape) {
    /** Copies the list. */
    public FactsFiles {
      keys = List.copyOf(keys);
    }
  }

  /**
   * Columns that must be equal.
   *
   * @param spine of the spine
   * @param facts of the files of facts
   */
  public record Key(String spine, String facts) {}
}
