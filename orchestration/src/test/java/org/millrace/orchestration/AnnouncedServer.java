package org.millrace.orchestration;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.millrace.contracts.SqlServerState;

/**
 * A process that does what the command sees of a SQL server: it listens on {@code --port}, says so
 * in {@code --lake}, and goes on until it is ended.
 */
final class AnnouncedServer {
  private AnnouncedServer() {}

  /** A line of a shell script that becomes this program, with the script's arguments. */
  static String shellLine() {
    return "exec '%s/bin/java' -XX:TieredStopAtLevel=1 -cp '%s' %s \"$@\""
        .formatted(
            System.getProperty("java.home"),
            System.getProperty("java.class.path"),
            AnnouncedServer.class.getName());
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    int port = Integer.parseInt(after(arguments, "--port"));
    ProcessHandle self = ProcessHandle.current();
    try (ServerSocket socket = new ServerSocket(port, 5, InetAddress.getLoopbackAddress())) {
      new SqlServerState(
              self.pid(),
              socket.getLocalPort(),
              socket.getLocalPort(),
              self.info().startInstant().orElseThrow(),
              false,
              Optional.empty())
          .write(Path.of(after(arguments, "--lake")));
      Thread.sleep(300_000);
    }
  }

  private static String after(String[] arguments, String option) {
    List<String> all = List.of(arguments);
    return all.get(all.indexOf(option) + 1);
  }
}
