package org.millrace.bench;

import java.util.Map;
import org.millrace.bench.input.AsOfData;

/**
 * Somebody who joins, us included.
 *
 * @param name in tables and ratios
 * @param kind of work, as its program knows it
 * @param shape of the tables it reads
 * @param views how many it joins
 * @param ofAll one for each of so many rows of the workload's spine: 10 for a tenth of them
 * @param pace how often it works
 * @param settings of Spark
 */
record AsOfContender(
    String name,
    String kind,
    AsOfData.Shape shape,
    int views,
    int ofAll,
    Pace pace,
    Map<String, String> settings) {
  static final String OURS = "millrace";

  /** Copies the settings. */
  AsOfContender {
    settings = Map.copyOf(settings);
  }

  /** How often somebody works. */
  enum Pace {
    /** In turns with the others, as often as the knobs say. */
    TURNS,
    /** One warm-up, two rounds, in turns with others like it: it takes many seconds. */
    SLOW,
    /** One cold round: it takes minutes. */
    ONCE,
    /** The first work of a process, in turns with others like it. */
    FIRST
  }

  static AsOfContender of(String name, AsOfData.Shape shape, int views) {
    Pace pace =
        switch (name) {
          case "tempo", "sparksql", "sort" -> Pace.SLOW;
          case "feast" -> Pace.ONCE;
          default -> Pace.TURNS;
        };
    String kind =
        switch (name) {
          case "itself" -> OURS;
          case "sort" -> OURS + "-sort";
          default -> name;
        };
    return new AsOfContender(name, kind, shape, views, 1, pace, Map.of());
  }

  AsOfContender at(Pace other) {
    return new AsOfContender(name, kind, shape, views, ofAll, other, settings);
  }

  AsOfContender ofKind(String other) {
    return new AsOfContender(name, other, shape, views, ofAll, pace, settings);
  }

  AsOfContender onOneOf(int rows) {
    return new AsOfContender(name, kind, shape, views, rows, pace, settings);
  }

  AsOfContender with(Map<String, String> other) {
    return new AsOfContender(name, kind, shape, views, ofAll, pace, other);
  }

  /** Whether it is to give the same rows as the other. */
  boolean answersAs(AsOfContender other) {
    return shape == other.shape && views == other.views && ofAll == other.ofAll;
  }

  boolean isOnJvm() {
    return kind.startsWith(OURS) || kind.startsWith("sparksql");
  }
}
