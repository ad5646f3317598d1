package org.millrace.jobs.sql;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.derby.drda.NetworkServerControl;
import org.apache.spark.SparkFiles;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.hive.thriftserver.HiveThriftServer2;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.SqlServerState;
import org.millrace.contracts.definition.Definitions;
import org.millrace.features.lake.Lake;
import org.millrace.jobs.metastore.LakeTables;
import org.millrace.jobs.metastore.Metastore;
import org.millrace.jobs.metastore.MetastoreLogin;
import org.millrace.jobs.readonly.ReadOnlySql;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Progress;
import org.millrace.jobs.tables.LakePlaces;

/**
 * Serves tables and views to JDBC clients over Hive's protocol (Spark's Thrift server) on loopback,
 * until the process is ended. While it is up it also serves the embedded metastore to other jobs,
 * which could not open it otherwise.
 *
 * <p>Placement: driver only.
 */
public final class ServeSql {
  private static final String LOOPBACK = "127.0.0.1";
  private static final Duration START_LIMIT = Duration.ofMinutes(1);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Lake lake;
  private final Definitions definitions;
  private final Progress progress;
  private final int port;
  private final boolean allowsWrites;

  /**
   * Prepares the server.
   *
   * @param port loopback port of JDBC clients
   * @param allowsWrites true if clients may do more than read; if false, the session must have the
   *     settings of {@link ReadOnlySql}
   */
  public ServeSql(
      Lake lake, Definitions definitions, Progress progress, int port, boolean allowsWrites) {
    this.lake = requireNonNull(lake, "lake is null");
    this.definitions = requireNonNull(definitions, "definitions is null");
    this.progress = requireNonNull(progress, "progress is null");
    this.port = port;
    this.allowsWrites = allowsWrites;
  }

  /** Serves; returns when the thread is interrupted or the process is asked to end. */
  public JobResult serve() {
    long start = System.nanoTime();
    requireFree(port);
    Metastore metastore = new Metastore(lake);
    ReadOnlySql.own(() -> metastore.register(LakeTables.of(definitions)));
    int derbyPort = serveMetastore();
    SparkSession spark = lake.spark();
    requireGuard(spark);
    keepOperationLogsApart(spark);
    logIn(HiveThriftServer2.startWithContext(spark.sqlContext()));
    awaitListening(port); // it starts in a thread of its own
    awaitListening(derbyPort);
    announce(derbyPort);
    progress.say("sql", "serving jdbc:hive2://" + LOOPBACK + ":" + port + "/default, " + access());
    awaitEnd();
    return JobResult.done(
        "sql",
        "The SQL server was asked to end",
        Map.of(),
        Map.of(),
        JobContext.secondsSince(start));
  }

  /** Spark goes on without an extension that it cannot load: this server must not. */
  private void requireGuard(SparkSession spark) {
    if (!allowsWrites && !ReadOnlySql.guards(spark)) {
      throw new MillraceException(
          ErrorCategory.INTERNAL,
          "Cannot serve SQL read-only: Spark did not load "
              + ReadOnlySql.class.getName()
              + " as the last of spark.sql.extensions; see the log lines above");
    }
  }

  private String access() {
    return allowsWrites ? "clients may write and run code" : "read-only";
  }

  /**
   * Hive's default is a directory that all servers of a user share, and that each of them deletes
   * when it ends. This one is in what Spark deletes at the end.
   */
  private static void keepOperationLogsApart(SparkSession spark) {
    spark
        .sparkContext()
        .hadoopConfiguration()
        .set(
            "hive.server2.logging.operation.log.location",
            SparkFiles.getRootDirectory() + "/operation_logs");
  }

  /**
   * Hive keeps an empty metastore in memory for its sessions, and opens it when a client leaves.
   * Derby asks for a password there too; without it Hive tries again for half a minute.
   */
  private void logIn(HiveThriftServer2 server) {
    MetastoreLogin.of(lake.spark())
        .settings()
        .forEach(
            (name, value) -> server.getHiveConf().set(name.replace("spark.hadoop.", ""), value));
  }

  private static void awaitListening(int port) {
    long start = System.nanoTime();
    while (!isListening(port)) {
      if (System.nanoTime() - start > START_LIMIT.toNanos()) {
        throw new MillraceException(
            ErrorCategory.EXTERNAL,
            "Cannot serve SQL on "
                + LOOPBACK
                + ":"
                + port
                + ": nothing listens there after "
                + START_LIMIT
                + "; see the log lines above");
      }

      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  private static boolean isListening(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false; // not yet: the limit decides
    }
  }

  private void announce(int derbyPort) {
    ProcessHandle self = ProcessHandle.current();
    Instant startedAt =
        self.info()
            .startInstant()
            .orElseThrow(
                () ->
                    new MillraceException(
                        ErrorCategory.EXTERNAL, "Cannot learn when this process started"));
    SqlServerState state =
        new SqlServerState(
            self.pid(),
            port,
            derbyPort,
            startedAt,
            allowsWrites,
            Optional.of(MetastoreLogin.of(lake.spark()).login()));
    state.write(LakePlaces.root(lake));
  }

  private static int serveMetastore() {
    try {
      int derbyPort = freePort();
      // no security manager: Derby's own would forbid Spark to work
      NetworkServerControl control =
          new NetworkServerControl(InetAddress.getLoopbackAddress(), derbyPort);
      control.start(null);
      return derbyPort;
    } catch (Exception e) { // what Derby declares
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot serve the metastore on " + LOOPBACK + ": " + e.getMessage(),
          e);
    }
  }

  private static void requireFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      socket.setReuseAddress(true);
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot serve SQL on "
              + LOOPBACK
              + ":"
              + port
              + ": "
              + e.getMessage()
              + "; end what listens there, or give another --port",
          e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void awaitEnd() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
