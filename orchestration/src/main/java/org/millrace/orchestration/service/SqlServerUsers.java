package org.millrace.orchestration.service;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.SqlServerState;

/**
 * The calls that use the SQL server of a lake at once. A server that was started for a call is
 * stopped by the last of those that use it, whoever started it; one that a person started stays up.
 * Known by locks of files, which the operating system takes from a call that is killed.
 */
public final class SqlServerUsers {
  private final Path lake;
  private final SqlServer server;
  private final Path turn;
  private final Path users;
  private final Path forCalls;
  private final AtomicBoolean hasLeft = new AtomicBoolean();
  private volatile boolean isStarting;
  private volatile @Nullable FileChannel mine;

  /**
   * @param lake directory of the lake
   * @param server of the lake
   * @param state the place and the beginning of the names of the files that tell of its users
   */
  public SqlServerUsers(Path lake, SqlServer server, Path state) {
    this.lake = requireNonNull(lake, "lake is null");
    this.server = requireNonNull(server, "server is null");
    this.turn = beside(state, ".turn");
    this.users = beside(state, ".users");
    this.forCalls = beside(state, ".for-calls");
  }

  private static Path beside(Path state, String ending) {
    return state.resolveSibling(state.getFileName() + ending);
  }

  /**
   * Begins to use the server; starts one if none is up.
   *
   * @param start starts one and gives its address
   * @return its address
   */
  @SuppressWarnings("try") // a lock is held, not used
  public String enter(Supplier<String> start) {
    try (FileChannel turns = inTurn()) {
      Optional<String> there = server.url();
      String url = there.isPresent() ? there.get() : started(start);
      FileChannel used = open(users);
      used.lock(0, Long.MAX_VALUE, true);
      mine = used;
      return url;
    } catch (AccessDeniedException e) { // who may not write here may use what is up
      return server.url().orElseThrow(() -> failed(e));
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private String started(Supplier<String> start) throws IOException {
    boolean isUp = false;
    isStarting = true;
    try {
      String url = start.get();
      Files.writeString(forCalls, pid(), StandardCharsets.UTF_8);
      isUp = true;
      return url;
    } finally {
      isStarting = false;
      if (!isUp) {
        server.stop(); // what is left of a start that failed
      }
    }
  }

  /** Stops to use the server, and stops the server if it was there for calls and none uses it. */
  @SuppressWarnings("try") // a lock is held, not used
  public void leave() {
    if (!hasLeft.compareAndSet(false, true)) {
      return;
    }

    if (isStarting) { // of a signal: this call has the turn, and no other can have begun
      server.stop();
      return;
    }

    FileChannel used = mine;
    if (used == null) {
      return; // it uses none that is noted
    }

    try {
      used.close();
      try (FileChannel turns = inTurn();
          FileChannel all = open(users);
          FileLock alone = all.tryLock()) {
        if (alone != null && isForCalls()) {
          server.stop();
          Files.deleteIfExists(forCalls);
        }
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** From now on the server that is up is a person's. */
  public void keep() {
    try {
      Files.deleteIfExists(forCalls);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private boolean isForCalls() throws IOException {
    return Files.exists(forCalls) && Files.readString(forCalls).equals(pid());
  }

  private String pid() {
    return SqlServerState.read(lake)
        .flatMap(SqlServerState::process)
        .map(process -> Long.toString(process.pid()))
        .orElse("");
  }

  /** One call at a time begins or ends. */
  private FileChannel inTurn() throws IOException {
    FileChannel turns = open(turn);
    turns.lock();
    return turns;
  }

  private static FileChannel open(Path file) throws IOException {
    Files.createDirectories(requireNonNull(file.getParent(), "no parent"));
    return FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private MillraceException failed(IOException e) {
    return new MillraceException(
        ErrorCategory.EXTERNAL,
        "Cannot note who uses the SQL server in " + users + ": " + Causes.words(e),
        e);
  }
}
