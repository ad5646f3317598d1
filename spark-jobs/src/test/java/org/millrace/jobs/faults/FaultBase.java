package org.millrace.jobs.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.features.testing.TestSpark;

/**
 * The state from which faults start: days 1 to 4 are whole, a champion holds the alias, day 4 is
 * published; of day 5 there is nothing. Made once and copied.
 */
final class FaultBase {
  /** The day that is published. */
  static final String DONE = "2013-01-04";

  /** The day of which nothing is done. */
  static final String NEW = "2013-01-05";

  private static @Nullable FaultBase shared;

  private final Path root;
  private final FaultLake base;

  /**
   * One for all tests of a JVM: making it takes longer than most tests. The system property {@code
   * millrace.faults} names a directory to keep it in, for the next JVM.
   */
  static synchronized FaultBase shared() {
    FaultBase made = shared;
    if (made == null) {
      made = new FaultBase(root());
      shared = made;
    }

    return made;
  }

  private static Path root() {
    try {
      String kept = System.getProperty("millrace.faults", "");
      return kept.isEmpty()
          ? Files.createTempDirectory("millrace-faults")
          : Files.createDirectories(Path.of(kept));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes it below a directory, or takes the one that was made there before. */
  FaultBase(Path root) {
    this.root = root;
    this.base = new FaultLake(root.resolve("base"));
    Path made = root.resolve("made");
    if (!Files.exists(made)) {
      make();
      try {
        Files.writeString(made, "");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void make() {
    FaultInputs.write(inputs());
    base.define("A", inputs());
    FaultRooms.run(
        base,
        "ingest/2013-01-01/2013-01-04",
        "materialize/2013-01-01/2013-01-04",
        "validate/2013-01-01/2013-01-04",
        "training-set/2013-01-01/2013-01-03");
    FaultRooms.candidate(base, 1);
    FaultRooms.run(
        base,
        "gate/2013-01-01/2013-01-03",
        "score/2013-01-04/2013-01-04",
        "publish/2013-01-04/2013-01-04");
  }

  /** The inputs, which all copies share. */
  Path inputs() {
    return root.resolve("inputs");
  }

  /** A copy. */
  FaultLake copy(String name) {
    forgetNames();
    return base.copy(root.resolve(name + "." + System.nanoTime()));
  }

  /** The session's catalog outlives a program, and names the tables of the lake before. */
  private static void forgetNames() {
    for (String database : List.of("raw", "features", "predictions", "training", "monitoring")) {
      TestSpark.session().sql("DROP DATABASE IF EXISTS " + database + " CASCADE");
    }
  }

  /** Writes the definitions of a copy anew. */
  void define(FaultLake lake, String definition) {
    lake.define(definition, inputs());
  }
}
