package org.millrace.bench.report;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Facts of the machine that figures depend on. */
public final class Machine {
  private static final List<String> FLAGS =
      List.of("avx", "avx2", "fma", "avx512f", "avx512bw", "avx512_vnni", "amx_tile", "asimd");

  private Machine() {}

  /** By name, in a fixed order. */
  public static Map<String, String> facts() {
    Map<String, String> facts = new TreeMap<>();
    facts.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    facts.put("processor", cpuInfo("model name"));
    List<String> flags = List.of(cpuInfo("flags").split(" "));
    facts.put("vector units", String.join(" ", FLAGS.stream().filter(flags::contains).toList()));
    facts.put("memory", gigabytes(memoryBytes()));
    facts.put("java", Runtime.version().toString());
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    facts.put("load before", String.format(Locale.ROOT, "%.2f", load));
    return facts;
  }

  private static String cpuInfo(String key) {
    return field(Path.of("/proc/cpuinfo"), key);
  }

  private static long memoryBytes() {
    String kilobytes = field(Path.of("/proc/meminfo"), "MemTotal").replaceAll("\\D", "");
    return kilobytes.isEmpty() ? 0 : Long.parseLong(kilobytes) * 1024;
  }

  private static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.0f GiB", bytes / (double) (1L << 30));
  }

  /** A missing file or key is no reason not to measure. */
  private static String field(Path file, String key) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith(key))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }
}
