package org.millrace.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.millrace.contracts.JobResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The most memory that this process ever held, as Linux counts it ({@code VmHWM} of proc(5)): heap,
 * native buffers of Spark and ONNX Runtime, all of it. In local mode that is the whole job, on a
 * cluster the driver alone.
 */
final class PeakMemory {
  private static final Logger LOG = LoggerFactory.getLogger(PeakMemory.class);
  private static final Path STATUS = Path.of("/proc/self/status");

  private PeakMemory() {}

  /** The result with {@code peak_memory_mib} among its values; as it was where nobody counts. */
  static JobResult in(JobResult result) {
    if (!Files.isReadable(STATUS)) {
      return result;
    }

    try {
      Map<String, String> values = new LinkedHashMap<>(result.values());
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith("VmHWM:")) {
          long kibibytes = Long.parseLong(line.replaceAll("[^0-9]", ""));
          values.put("peak_memory_mib", Long.toString(kibibytes / 1024));
        }
      }

      return result.withValues(values);
    } catch (IOException e) {
      LOG.warn("Cannot read {}: {}", STATUS, e.toString());
      return result;
    }
  }
}
