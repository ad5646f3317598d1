package org.millrace.bench.run;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * CPU time of a process and all below it, as Linux's {@code /proc/PID/stat} tells it (proc(5)):
 * user and system time of each living process, and of its children that have ended and been waited
 * for. Nothing is counted twice: a child moves from its own line to its parent's when it ends.
 */
final class ProcessTreeCpu {
  /** USER_HZ: 100 in every Linux that a JDK 17 runs on; it is the unit of the interface. */
  private static final double TICKS_PER_SECOND = 100;

  private static final int PARENT = 1; // fields behind the command's name, from the state on
  private static final int USER = 11;
  private static final int CHILDREN_SYSTEM = 14;

  private final Path proc;

  /**
   * @param proc where the process file system is, {@code /proc}
   */
  ProcessTreeCpu(Path proc) {
    this.proc = proc;
  }

  /** CPU seconds since the tree's processes began; 0 where the process is gone. */
  double seconds(long root) throws IOException {
    Map<Long, List<Usage>> byParent = new HashMap<>();
    Usage top = null;
    for (Usage usage : all()) {
      byParent.computeIfAbsent(usage.parent, parent -> new ArrayList<>()).add(usage);
      if (usage.pid == root) {
        top = usage;
      }
    }

    long ticks = 0;
    Deque<Usage> open = new ArrayDeque<>();
    if (top != null) {
      open.add(top);
    }

    while (!open.isEmpty()) {
      Usage usage = open.remove();
      ticks += usage.ticks;
      open.addAll(byParent.getOrDefault(usage.pid, List.of()));
    }

    return ticks / TICKS_PER_SECOND;
  }

  private List<Usage> all() throws IOException {
    List<Usage> all = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path process : processes) {
        usage(process).ifPresent(all::add);
      }
    }

    return all;
  }

  private static Optional<Usage> usage(Path process) throws IOException {
    String line;
    try {
      line = Files.readString(process.resolve("stat"));
    } catch (NoSuchFileException e) {
      return Optional.empty(); // ended since the directory was listed
    } catch (IOException e) {
      if (Files.exists(process)) {
        throw e;
      }

      return Optional.empty(); // ended while it was read
    }

    // the name is in brackets and may hold blanks and brackets itself
    String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
    long ticks = 0;
    for (int field = USER; field <= CHILDREN_SYSTEM; field++) {
      ticks += Long.parseLong(fields[field]);
    }

    long pid = Long.parseLong(process.getFileName().toString());
    return Optional.of(new Usage(pid, Long.parseLong(fields[PARENT]), ticks));
  }

  private record Usage(long pid, long parent, long ticks) {}
}
