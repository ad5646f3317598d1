package org.millrace.contracts;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** The name of this machine, as notes for other processes have it. */
public final class HostName {
  private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

  private HostName() {}

  /** The kernel's word where it can be read, else that of the name service; never empty. */
  public static String current() {
    try {
      String name = Files.isReadable(KERNEL) ? Files.readString(KERNEL).strip() : "";
      return name.isEmpty() ? InetAddress.getLocalHost().getHostName() : name;
    } catch (IOException e) {
      return "localhost"; // a machine that does not know its own name
    }
  }
}
