package org.millrace.contracts;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * What the SQL server of a lake writes when it is up, in {@code <lake>/metastore/server.json}:
 * where JDBC clients, and jobs that need the metastore, find it.
 *
 * @param pid process id
 * @param port loopback port of JDBC clients (Hive's protocol)
 * @param derbyPort loopback port at which other jobs reach the metastore
 * @param startedAt when the process started, as the operating system says: another process that got
 *     the same id is not taken for it
 * @param allowsWrites true if JDBC clients may do more than read
 * @param login what the metastore asks for; empty if an older version serves it without
 */
public record SqlServerState(
    @JsonProperty("pid") long pid,
    @JsonProperty("port") int port,
    @JsonProperty("derbyPort") int derbyPort,
    @JsonProperty("startedAt") Instant startedAt,
    @JsonProperty("allowsWrites") boolean allowsWrites,
    @JsonProperty("login") Optional<Login> login) {

  /**
   * Name and password.
   *
   * @param user not empty
   * @param password not empty
   */
  public record Login(
      @JsonProperty("user") String user, @JsonProperty("password") String password) {
    /** Checks that both are there. */
    public Login {
      requireNonNull(user, "user is null");
      requireNonNull(password, "password is null");
    }

    /** Without the password. */
    @Override
    public String toString() {
      return "Login[user=" + user + ", password=***]";
    }
  }

  /** Checks that all is there. */
  public SqlServerState {
    requireNonNull(startedAt, "startedAt is null");
    login = login == null ? Optional.empty() : login; // an older version has no such key
  }

  /** The state file of a lake. */
  public static Path file(Path lake) {
    return lake.resolve("metastore").resolve("server.json");
  }

  /**
   * What is written in a lake, also by a server that has ended; empty if there is no file.
   *
   * @throws MillraceException of category EXTERNAL if the file cannot be read, or is not what a
   *     server writes
   */
  public static Optional<SqlServerState> read(Path lake) {
    Path file = file(lake);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }

    try {
      return Optional.of(Json.MAPPER.readValue(file.toFile(), SqlServerState.class));
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot determine whether a SQL server is up: "
              + file
              + " is not what a server writes; end the server by hand and delete that file",
          e);
    }
  }

  /** Writes the state file of a lake; only its own user can read it. */
  public void write(Path lake) {
    Path file = file(lake);
    try {
      WholeFile.write(file, Json.MAPPER.writeValueAsBytes(this));
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot write " + file + ": " + Causes.words(e), e);
    }
  }

  /** The server's process; empty if it has ended. */
  public Optional<ProcessHandle> process() {
    return new ProcessStamp(pid, startedAt).find();
  }
}
