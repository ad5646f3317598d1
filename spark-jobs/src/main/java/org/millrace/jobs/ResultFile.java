package org.millrace.jobs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import org.millrace.contracts.JobResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a job's result line as a file, for {@code millrace status}: the newest of each run key.
 * Driver only.
 */
final class ResultFile {
  private static final Logger LOG = LoggerFactory.getLogger(ResultFile.class);

  private ResultFile() {}

  /**
   * Writes {@code <home>/.millrace/results/<run_key>.json}; a disk that refuses is told and does
   * not fail the job.
   */
  static void keep(String[] args, JobResult result) {
    List<String> words = Arrays.asList(args);
    int home = words.indexOf("--home");
    if (home < 0 || home + 1 >= words.size() || !result.runKey().matches("[A-Za-z0-9_.-]+")) {
      return;
    }

    Path directory = Path.of(words.get(home + 1), ".millrace", "results");
    try {
      Files.createDirectories(directory);
      Path unfinished = Files.createTempFile(directory, "result", ".part");
      Files.write(unfinished, (result.toJsonLine() + "\n").getBytes(StandardCharsets.UTF_8));
      Files.move(
          unfinished,
          directory.resolve(result.runKey() + ".json"),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.warn("Cannot keep the result in {}: {}", directory, e.toString());
    }
  }
}
