package org.millrace.jobs.metastore;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;

/**
 * Where the embedded metastore is reached. Derby lets one process open a database; while the SQL
 * server holds it, the server also serves it to other jobs on loopback, and says so in a state
 * file.
 *
 * <p>Placement: driver only.
 */
public final class MetastoreAddress {
  private static final Set<PosixFilePermission> OWNER_ALONE =
      PosixFilePermissions.fromString("rw-------");

  private MetastoreAddress() {}

  /**
   * The SQL server that holds a lake's metastore, as its state file says.
   *
   * @param pid process id
   * @param port loopback port of JDBC clients (Hive's protocol)
   * @param derbyPort loopback port at which other jobs reach the metastore
   * @param startedAt when the process started, as the operating system says: a number that is used
   *     again does not deceive
   * @param allowsWrites true if JDBC clients may do more than read
   * @param login what the metastore asks for; empty if an older version serves it without
   */
  public record Server(
      @JsonProperty("pid") long pid,
      @JsonProperty("port") int port,
      @JsonProperty("derbyPort") int derbyPort,
      @JsonProperty("startedAt") Instant startedAt,
      @JsonProperty("allowsWrites") boolean allowsWrites,
      @JsonProperty("login") Optional<MetastoreLogin> login) {

    /** Checks that all is there. */
    public Server {
      requireNonNull(startedAt, "startedAt is null");
      login = login == null ? Optional.empty() : login; // an older version says nothing of it
    }

    /** True where exactly that process is still there. */
    public boolean isAlive() {
      return ProcessHandle.of(pid)
          .filter(ProcessHandle::isAlive)
          .flatMap(process -> process.info().startInstant())
          .filter(startedAt::equals)
          .isPresent();
    }
  }

  /** The state file of a lake. */
  public static Path stateFile(Path lake) {
    return lake.resolve("metastore").resolve("server.json");
  }

  /** The server that is up; empty where none is. */
  public static Optional<Server> server(Path lake) {
    Path file = stateFile(lake);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }

    try {
      return Optional.of(Json.MAPPER.readValue(file.toFile(), Server.class))
          .filter(Server::isAlive);
    } catch (IOException e) {
      throw new MillraceException(ErrorCategory.EXTERNAL, "Cannot read " + file + ": " + e, e);
    }
  }

  /** Says that this process is the server; only its own user can read the file. */
  public static void announce(Path lake, Server server) {
    Path file = stateFile(lake);
    try {
      Files.createDirectories(file.getParent());
      Path unfinished = file.resolveSibling("server.json.unfinished");
      Files.deleteIfExists(unfinished);
      Files.createFile(unfinished, PosixFilePermissions.asFileAttribute(OWNER_ALONE));
      Files.write(unfinished, Json.MAPPER.writeValueAsBytes(server));
      Files.move(
          unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new MillraceException(ErrorCategory.EXTERNAL, "Cannot write " + file + ": " + e, e);
    }
  }

  /**
   * Hive's settings to reach the metastore of a lake from this process: through the server that
   * holds it, or by opening it.
   */
  public static Map<String, String> settings(Path lake, Optional<Server> server) {
    Path database = lake.resolve("metastore").resolve("db");
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("spark.sql.catalogImplementation", "hive");
    settings.put("spark.hadoop.hive.metastore.schema.verification", "false");
    settings.put("spark.hadoop.datanucleus.schema.autoCreateAll", "true");
    settings.put("spark.hadoop.datanucleus.connectionPoolingType", "None");
    if (server.isPresent()) {
      settings.put(
          "spark.hadoop.javax.jdo.option.ConnectionURL",
          "jdbc:derby://127.0.0.1:" + server.get().derbyPort() + "/" + database + ";create=false");
      settings.put(
          "spark.hadoop.javax.jdo.option.ConnectionDriverName",
          "org.apache.derby.jdbc.ClientDriver");
      server.get().login().ifPresent(login -> settings.putAll(login.settings()));
    } else {
      settings.put(
          "spark.hadoop.javax.jdo.option.ConnectionURL", "jdbc:derby:" + database + ";create=true");
      settings.put(
          "spark.hadoop.javax.jdo.option.ConnectionDriverName",
          "org.apache.derby.jdbc.EmbeddedDriver");
    }

    return settings;
  }

  /**
   * Settings of the session that serves. They have to be there from the start: the Thrift server
   * takes the Hive session of the first metastore call, and without them listens on all interfaces.
   */
  public static Map<String, String> thriftSettings(int port) {
    return Map.of(
        "spark.hadoop.hive.server2.thrift.port",
        Integer.toString(port),
        "spark.hadoop.hive.server2.thrift.bind.host",
        "127.0.0.1");
  }
}
