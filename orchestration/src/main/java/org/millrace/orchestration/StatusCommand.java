package org.millrace.orchestration;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.orchestration.service.MlflowServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Which servers are up, and what ran last: the newest result lines in {@code
 * <home>/.millrace/results}.
 */
@Command(
    mixinStandardHelpOptions = true,
    description = "Say which servers are up and what ran last.")
final class StatusCommand implements Callable<Integer> {
  private static final int SHOWN = 10;

  private final CommandContext context;

  @Mixin ConfOption options = new ConfOption();

  @Option(names = "--json", description = "Print JSON.")
  boolean json;

  StatusCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws JsonProcessingException {
    Map<String, String> services = new LinkedHashMap<>();
    MlflowServer mlflow = Quickstart.mlflow(context);
    services.put("mlflow", mlflow.isUp() ? mlflow.url() : "down");
    SqlSession sql = new SqlSession(context, new JobLauncher(context, options.launch()));
    services.put("sql", sql.server().url().orElse("down"));
    List<JobResult> results = lastResults();
    if (json) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("services", services);
      all.put("results", results);
      context.out().println(Json.MAPPER.writeValueAsString(all));
      return 0;
    }

    services.forEach((name, state) -> context.out().printf("%-8s %s%n", name, state));
    for (JobResult result : results) {
      context.out().printf("%-14s %-45s %s%n", result.outcome(), result.runKey(), result.message());
    }

    return 0;
  }

  private List<JobResult> lastResults() {
    Path directory = context.state().resolve("results");
    if (!Files.isDirectory(directory)) {
      return List.of();
    }

    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".json"))
          .sorted(Comparator.comparing(StatusCommand::writtenAt).reversed())
          .limit(SHOWN)
          .flatMap(file -> read(file).stream())
          .toList();
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL, "Cannot list the results in " + directory + ": " + e, e);
    }
  }

  private static FileTime writtenAt(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return FileTime.fromMillis(0); // replaced while we look: it counts as old, and is not lost
    }
  }

  private static Optional<JobResult> read(Path file) {
    try {
      return Optional.of(JobResult.fromJsonLine(Files.readString(file)));
    } catch (IOException e) {
      throw new MillraceException(ErrorCategory.EXTERNAL, "Cannot read " + file + ": " + e, e);
    }
  }
}
