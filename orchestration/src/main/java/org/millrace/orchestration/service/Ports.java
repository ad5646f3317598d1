package org.millrace.orchestration.service;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/** Loopback ports. */
public final class Ports {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);

  private Ports() {}

  /** True where nobody listens on the port and we may. */
  public static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true); // a port whose last connections are closing counts as free
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** True where somebody accepts connections. */
  public static boolean answers(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
          Math.toIntExact(CONNECT_LIMIT.toMillis()));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The wanted port where it is free, else any free one. */
  public static int freePort(int wanted) {
    if (wanted > 0 && isFree(wanted)) {
      return wanted;
    }

    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot find a free port on 127.0.0.1: " + e, e);
    }
  }
}
