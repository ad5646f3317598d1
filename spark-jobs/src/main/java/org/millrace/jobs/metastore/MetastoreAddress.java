package org.millrace.jobs.metastore;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.SqlServerState;

/**
 * Where the embedded metastore is reached. Derby lets one process open a database; while the SQL
 * server holds it, the server also serves it to other jobs on loopback, and says so in a state
 * file.
 *
 * <p>Placement: driver only.
 */
public final class MetastoreAddress {
  private MetastoreAddress() {}

  /** The server that is up and holds a lake's metastore; empty if none is. */
  public static Optional<SqlServerState> server(Path lake) {
    return SqlServerState.read(lake).filter(server -> server.process().isPresent());
  }

  /**
   * Hive's settings to reach the metastore of a lake from this process: through the server that
   * holds it, or by opening it.
   */
  public static Map<String, String> settings(Path lake, Optional<SqlServerState> server) {
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
      server
          .get()
          .login()
          .ifPresent(login -> settings.putAll(new MetastoreLogin(login).settings()));
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
