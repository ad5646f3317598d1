package org.millrace.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.millrace.bench.AsOfContender.Pace;
import org.millrace.bench.input.AsOfData;
import org.millrace.bench.input.AsOfData.Shape;
import org.millrace.bench.report.Report;

/**
 * Joins of a spine with the newest fact of each view, or with aggregates of its past, and who else
 * is asked to do them.
 */
enum JoinWorkload implements AsOfWorkload {
  /** One view. */
  ONE(1, Shape.PLAIN, List.of("duckdb", "polars", "tempo", "sparksql", "feast")),
  /** Three views of the same keys in one call. */
  THREE(3, Shape.PLAIN, List.of("duckdb", "polars", "tempo", "sparksql")),
  /** Eight views; against itself with one. */
  EIGHT(8, Shape.PLAIN, List.of("itself", "duckdb")),
  /** Half of both sides on one key; against itself without that. */
  SKEW(1, Shape.SKEW, List.of("itself", "duckdb")),
  /** Delta tables, text keys, both times, a ttl; against itself without them. */
  DELTA(1, Shape.DELTA, List.of("itself", "sort")),
  /** A day's spine against a year of facts; against itself where scans read all of them. */
  DAY(1, Shape.DAY, List.of("itself")),
  /** A spine that is said not to fit in memory. */
  BUCKETS(1, Shape.PLAIN, List.of("duckdb", "itself")),
  /** Two executors with JVMs of their own; against itself in one JVM. */
  CLUSTER(1, Shape.PLAIN, List.of("itself")),
  /** The first query of a process. */
  FIRST(1, Shape.PLAIN, List.of("duckdb")),
  /** Twelve windowed aggregates in place of the newest fact, three windows in one call. */
  WINDOWS(1, Shape.PLAIN, List.of("duckdb", "sparksql")),
  /**
   * Windows of 90 days for a day's spine, of daily partial aggregates; against itself where all
   * events are read.
   */
  NIGHT(1, Shape.NIGHT, List.of("itself")),
  /** Ten times the rows; against itself on a tenth of them. */
  BIG(1, Shape.PLAIN, List.of("itself"));

  private static final long ROWS = 2_000_000;
  private static final int TIMES_AS_BIG = 10;
  private static final String WINDOWED = "-windows";
  private static final String NIGHTLY = "-night";

  private final int views;
  private final Shape shape;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> peers;

  JoinWorkload(int views, Shape shape, List<String> peers) {
    this.views = views;
    this.shape = shape;
    this.peers = peers;
  }

  @Override
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public boolean isUsual() {
    return this != BIG;
  }

  @Override
  public Report run(Stage stage, List<String> others) throws IOException {
    List<AsOfContender> contenders = new ArrayList<>(List.of(ours()));
    for (String peer : others.isEmpty() ? peers : others) {
      if (peers.contains(peer)) {
        contenders.add(peer(peer));
      }
    }

    return new AsOfRun(stage, this, contenders).run();
  }

  Shape shape() {
    return shape;
  }

  /** Rows of the spine where the knobs do not say otherwise. */
  long rows() {
    return switch (this) {
      case BIG -> ROWS * TIMES_AS_BIG;
      case NIGHT -> ROWS * 4;
      default -> ROWS;
    };
  }

  String title(long rows) {
    return "asof.%s: %,d spine rows x %,d facts x 10 doubles a view, %d view(s), %s"
        .formatted(
            word(),
            new AsOfData(shape, rows).rows(-1),
            rows * 5 / 2,
            views,
            shape.name().toLowerCase(Locale.ROOT));
  }

  private AsOfContender ours() {
    AsOfContender ours = AsOfContender.of(AsOfContender.OURS, shape, views);
    return switch (this) {
      case BUCKETS -> ours.ofKind(AsOfContender.OURS + "-buckets");
      case CLUSTER -> ours.with(cluster());
      case FIRST -> ours.at(Pace.FIRST);
      case WINDOWS -> ours.ofKind(AsOfContender.OURS + WINDOWED);
      case NIGHT -> ours.ofKind(AsOfContender.OURS + NIGHTLY);
      case BIG -> ours.at(Pace.SLOW);
      default -> ours;
    };
  }

  private AsOfContender peer(String name) {
    AsOfContender peer = AsOfContender.of(name, shape, views);
    return switch (this) {
      case EIGHT -> name.equals("itself") ? AsOfContender.of(name, shape, 1) : peer.at(Pace.SLOW);
      case SKEW, DELTA -> name.equals("itself") ? AsOfContender.of(name, Shape.PLAIN, views) : peer;
      case DAY -> peer.with(Map.of("spark.millrace.asof.push-down", "false"));
      case FIRST -> peer.at(Pace.FIRST);
      case WINDOWS -> peer.ofKind(name + WINDOWED);
      case NIGHT -> peer.ofKind(AsOfContender.OURS + NIGHTLY + "-events");
      case BIG -> peer.at(Pace.SLOW).onOneOf(TIMES_AS_BIG);
      default -> peer;
    };
  }

  private static Map<String, String> cluster() {
    return Map.of("spark.master", "local-cluster[2,1,4096]", "spark.executor.memory", "4096m");
  }
}
