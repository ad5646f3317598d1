package org.millrace.bench;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What all benchmarks can be told. */
final class Knobs {
  @Option(names = "--rounds", defaultValue = "5", description = "Timed rounds (${DEFAULT-VALUE}).")
  int rounds = 5;

  @Option(
      names = "--warm-ups",
      defaultValue = "8",
      description =
          "Untimed rounds first (${DEFAULT-VALUE}): so many until a JVM compiles little any more.")
  int warmUps = 8;

  @Option(
      names = "--rows",
      description = "Score so many rows in all; peers that get fewer get fewer in proportion.")
  Optional<Long> rows = Optional.empty();

  @Option(
      names = "--heap",
      defaultValue = "3g",
      description = "Of each contender's JVM (${DEFAULT-VALUE}); several are alive at once.")
  String heap = "3g";

  @Option(
      names = "--gc",
      defaultValue = "parallel",
      description =
          "Collector of each contender's JVM: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}, as"
              + " bin/millrace starts Spark; g1 is the JVM's own choice).")
  Collector gc = Collector.PARALLEL;

  /** Typed and told in small letters. */
  enum Collector {
    PARALLEL("-XX:+UseParallelGC"),
    G1("-XX:+UseG1GC");

    private final String option;

    Collector(String option) {
      this.option = option;
    }

    /** For Java's command line. */
    String option() {
      return option;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(names = "--record", description = "Write the tables into docs/benchmarks.md.")
  boolean record;

  @Option(names = "--json", paramLabel = "FILE", description = "Write all figures there.")
  Optional<Path> json = Optional.empty();

  @Option(
      names = "--work",
      paramLabel = "FOLDER",
      description = "For inputs, logs and outputs; .runtime/bench by default.")
  Optional<Path> work = Optional.empty();
}
