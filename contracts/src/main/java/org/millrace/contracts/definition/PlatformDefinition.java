package org.millrace.contracts.definition;

import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * {@code conf/millrace.yaml}: where the platform keeps things.
 *
 * @param lake absolute directory of the lake; {@code MILLRACE_LAKE} overrides
 * @param dayZone zone whose calendar days partition feature and prediction tables
 * @param registry which registry
 * @param pipeline which pipeline a command means that names none; empty for the only one
 * @param sqlPort loopback port of the SQL server
 * @param spark other Spark settings of every job
 * @param lease how long a lease is valid if its holder does not renew it; 10 seconds to a day
 * @param changedOutside what is done about a partition whose table is not what the ledger says
 */
public record PlatformDefinition(
    String lake,
    ZoneId dayZone,
    Registry registry,
    Optional<String> pipeline,
    int sqlPort,
    Map<String, String> spark,
    Duration lease,
    WhenChanged changedOutside) {
  /** A holder renews its lease four times in this time; a pause of a JVM can take seconds. */
  private static final Duration SHORTEST_LEASE = Duration.ofSeconds(10);

  private static final Duration A_DAY = Duration.ofDays(1);

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
   * @param uri address of the MLflow server, or {@code file:} URI of the directory; empty for the
   *     directory of the lake
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

  /** The same platform with a registry that is asked once: for whoever can do without an answer. */
  public PlatformDefinition withoutRetries() {
    Registry once =
        new Registry(registry.kind(), registry.uri(), registry.requestTimeout(), Duration.ZERO);
    return new PlatformDefinition(
        lake, dayZone, once, pipeline, sqlPort, spark, lease, changedOutside);
  }

  /**
   * Where the registry is: an {@code http(s):} address, or the {@code file:} URI of a directory.
   */
  public String registryAddress() {
    return registry.uri().isEmpty()
        ? Path.of(lake, "registry").toUri().toString().replaceFirst("/$", "")
        : registry.uri();
  }

  PlatformDefinition withRegistry(String name, String address) {
    boolean isDirectory = RegistryAddress.isDirectory(address);
    if (!isDirectory && !RegistryAddress.isServer(address)) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use %s: %s".formatted(name, RegistryAddress.problem(address)));
    }

    Registry other =
        new Registry(
            isDirectory ? Registry.Kind.DIRECTORY : Registry.Kind.MLFLOW,
            address,
            registry.requestTimeout(),
            registry.retryFor());
    return new PlatformDefinition(
        lake, dayZone, other, pipeline, sqlPort, spark, lease, changedOutside);
  }

  PlatformDefinition withLake(String root, Path home) {
    return new PlatformDefinition(
        lake(root, home), dayZone, registry, pipeline, sqlPort, spark, lease, changedOutside);
  }

  static PlatformDefinition read(DefinitionNode node, Path home) {
    DefinitionNode registry = node.node("registry");
    Registry.Kind kind = registry.choice("kind", Registry.Kind.class, Registry.Kind.MLFLOW);
    Registry settings =
        new Registry(
            kind,
            uri(registry, kind),
            registry.duration(
                "request-timeout", Duration.ofSeconds(30), Duration.ofMillis(1), A_DAY),
            registry.duration("retry-for", Duration.ofSeconds(60), Duration.ZERO, A_DAY));
    registry.done();
    PlatformDefinition platform =
        new PlatformDefinition(
            lake(node, home),
            node.zone("day-zone", ZoneId.of("UTC")),
            settings,
            node.optionalString("pipeline"),
            node.integer("sql-port", 10000, 1, 65_535),
            node.texts("spark"),
            node.duration("lease", Duration.ofMinutes(5), SHORTEST_LEASE, A_DAY),
            node.choice("changed-outside", WhenChanged.class, WhenChanged.REDO));
    node.done();
    return platform;
  }

  /** An address with a user is refused by whoever would use it, without being shown. */
  private static String uri(DefinitionNode registry, Registry.Kind kind) {
    String uri = registry.optionalString("uri").orElse("http://127.0.0.1:5000");
    if (kind == Registry.Kind.DIRECTORY) {
      return "";
    }

    if (!uri.contains("@") && !RegistryAddress.isServer(uri)) {
      registry.error("uri", "'uri': " + RegistryAddress.problem(uri));
    }

    return uri;
  }

  private static String lake(DefinitionNode node, Path home) {
    String text = node.string("lake");
    try {
      return node.has("lake") ? LakeDirectory.of(text, home).toString() : text;
    } catch (IllegalArgumentException e) {
      node.error("lake", "'lake': " + e.getMessage());
      return "";
    }
  }

  private static String lake(String text, Path home) {
    try {
      return LakeDirectory.of(text, home).toString();
    } catch (IllegalArgumentException e) {
      throw new MillraceException(
          ErrorCategory.DEFINITION, "Cannot use this lake: " + e.getMessage(), e);
    }
  }
}
