package org.millrace.contracts.definition;

import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;

/**
 * {@code conf/millrace.yaml}: where the platform keeps things.
 *
 * @param lake directory (absolute) or URI of the lake; {@code MILLRACE_LAKE} overrides
 * @param dayZone zone whose calendar days partition feature and prediction tables
 * @param registry which registry
 * @param sqlPort loopback port of the SQL server
 * @param spark further Spark settings of every job
 * @param lease how long a lease stands whose holder does not renew it
 * @param changedOutside what is done about a partition whose table is not what the ledger says
 */
public record PlatformDefinition(
    String lake,
    ZoneId dayZone,
    Registry registry,
    int sqlPort,
    Map<String, String> spark,
    Duration lease,
    WhenChanged changedOutside) {
  /** Copies the map. */
  public PlatformDefinition {
    spark = Map.copyOf(spark);
  }

  /** What is done about a partition that was changed outside when it is to be made. */
  public enum WhenChanged {
    /** It is made again, and said. */
    REDO,
    /** The run ends with exit 65. */
    REFUSE
  }

  /**
   * The model registry.
   *
   * @param kind MLflow server or a directory
   * @param uri address of the MLflow server; {@code MLFLOW_TRACKING_URI} overrides, and a {@code
   *     file:} URI there chooses the directory
   * @param requestTimeout limit of one HTTP exchange
   * @param retryFor how long a call is tried again before it fails
   */
  public record Registry(Kind kind, String uri, Duration requestTimeout, Duration retryFor) {
    /** What stands behind the registry port. */
    public enum Kind {
      MLFLOW,
      DIRECTORY
    }
  }

  /** What holds where there is no file. */
  static PlatformDefinition ofDefaults(Path home) {
    DefinitionNode empty = DefinitionNode.empty("millrace.yaml", new DefinitionErrors());
    return read(empty, home).withLake(".millrace/lake", home);
  }

  PlatformDefinition withLake(String root, Path home) {
    return new PlatformDefinition(
        absolute(home, root), dayZone, registry, sqlPort, spark, lease, changedOutside);
  }

  static PlatformDefinition read(DefinitionNode node, Path home) {
    DefinitionNode registry = node.node("registry");
    Registry settings =
        new Registry(
            registry.choice("kind", Registry.Kind.class, Registry.Kind.MLFLOW),
            registry.optionalString("uri").orElse("http://127.0.0.1:5000"),
            registry.optionalDuration("request-timeout").orElse(Duration.ofSeconds(30)),
            registry.optionalDuration("retry-for").orElse(Duration.ofSeconds(60)));
    registry.done();
    PlatformDefinition platform =
        new PlatformDefinition(
            absolute(home, node.string("lake")),
            node.zone("day-zone", ZoneId.of("UTC")),
            settings,
            node.integer("sql-port", 10000, 1, 65_535),
            node.texts("spark"),
            node.optionalDuration("lease").orElse(Duration.ofMinutes(5)),
            node.choice("changed-outside", WhenChanged.class, WhenChanged.REDO));
    node.done();
    return platform;
  }

  private static String absolute(Path home, String lake) {
    return lake.contains(":/") ? lake : home.resolve(lake).normalize().toString();
  }
}
