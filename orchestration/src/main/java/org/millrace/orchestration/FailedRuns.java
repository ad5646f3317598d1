package org.millrace.orchestration;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.Causes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.ProcessStamp;
import org.millrace.contracts.Verb;
import org.millrace.orchestration.Call.Ending;

/**
 * Finds the jobs that failed last, by the calls that {@link Calls} kept and by the result lines
 * beside them. The later file of a key counts, by the time of the file system. Reads only.
 */
final class FailedRuns {
  private static final String KILLED = "It was killed before it wrote how it ended";

  private final CommandContext context;

  FailedRuns(CommandContext context) {
    this.context = requireNonNull(context, "context is null");
  }

  /** What a file holds, and when it was written. */
  private record Dated<T>(T content, Instant at) {}

  /** The failed jobs that no later start of the same key replaced; the newest first. */
  List<FailedRun> newestFirst() {
    Map<String, Dated<JobResult>> results =
        all(context.state().resolve("results"), JobResult.class);
    Map<String, Dated<Call>> calls = all(Calls.directory(context), Call.class);
    Stream<FailedRun> called =
        calls.entrySet().stream()
            .flatMap(call -> failed(call.getValue(), results.get(call.getKey())).stream());
    Stream<FailedRun> uncalled =
        results.entrySet().stream()
            .filter(result -> !calls.containsKey(result.getKey()))
            .flatMap(result -> failed(result.getValue(), null).stream());
    return Stream.concat(called, uncalled)
        .filter(run -> !isCaughtUp(run, results.values()))
        .sorted(Comparator.comparing(FailedRun::at).reversed())
        .toList();
  }

  /** Since when each job that is at work is so, by its key. */
  Map<String, Instant> atWork() {
    Map<String, Instant> atWork = new TreeMap<>();
    for (Dated<Call> call : all(Calls.directory(context), Call.class).values()) {
      if (call.content().ending() == null && isAtWork(call.content())) {
        atWork.put(call.content().key().toString(), call.at());
      }
    }

    return atWork;
  }

  private static boolean isAtWork(Call call) {
    return ProcessStamp.parse(call.process()).flatMap(ProcessStamp::find).isPresent();
  }

  /** A catch-up finds its days anew each time: a later run of more days stands for it too. */
  private static boolean isCaughtUp(FailedRun run, Collection<Dated<JobResult>> results) {
    Call call = run.call();
    return call != null
        && call.arguments().contains("--catch-up")
        && results.stream()
            .filter(result -> result.at().isAfter(run.at()))
            .map(Dated::content)
            .filter(result -> result.outcome() != Outcome.FAILED)
            .anyMatch(result -> run.key().isWithin(CallKey.of(result)));
  }

  private static Optional<FailedRun> failed(Dated<Call> dated, @Nullable Dated<JobResult> result) {
    if (result != null && result.at().isAfter(dated.at())) {
      return failed(result, dated.content()); // of another start, or of one that was killed then
    }

    Call call = dated.content();
    Ending ending = call.ending();
    if (ending != null) {
      return Optional.of(
          new FailedRun(
              call.key(),
              dated.at(),
              call.key().verb(),
              ending.category(),
              ending.message(),
              call));
    }

    return isAtWork(call)
        ? Optional.empty()
        : Optional.of(new FailedRun(call.key(), dated.at(), call.key().verb(), null, KILLED, call));
  }

  private static Optional<FailedRun> failed(Dated<JobResult> dated, @Nullable Call call) {
    JobResult result = dated.content();
    return result.outcome() == Outcome.FAILED && isRetried(result)
        ? Optional.of(
            new FailedRun(
                CallKey.of(result),
                dated.at(),
                room(result),
                result.category(),
                result.message(),
                call))
        : Optional.empty();
  }

  private static String room(JobResult result) {
    return result.steps().stream()
        .filter(step -> step.outcome() == Outcome.FAILED)
        .map(JobResult::verb)
        .findFirst()
        .orElse(result.verb());
  }

  /** Jobs that make something; a check or a server is started again by its own command. */
  private static boolean isRetried(JobResult result) {
    return Verb.of(result.verb())
        .filter(verb -> verb.isForDays() || verb.kind() == Verb.Kind.FILES)
        .isPresent();
  }

  private <T> Map<String, Dated<T>> all(Path directory, Class<T> type) {
    Map<String, Dated<T>> byName = new LinkedHashMap<>();
    if (!Files.isDirectory(directory)) {
      return byName;
    }

    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".json")).toList()) {
        String name = file.getFileName().toString();
        read(file, type)
            .ifPresent(found -> byName.put(name.substring(0, name.length() - 5), found));
      }

      return byName;
    } catch (IOException e) {
      throw new MillraceException(
          ErrorCategory.EXTERNAL,
          "Cannot read the files in " + directory + ": " + Causes.words(e),
          e);
    }
  }

  private <T> Optional<Dated<T>> read(Path file, Class<T> type) throws IOException {
    try {
      Instant at = Files.getLastModifiedTime(file).toInstant();
      return Optional.of(new Dated<>(Json.MAPPER.readValue(Files.readString(file), type), at));
    } catch (NoSuchFileException e) {
      return Optional.empty(); // its job has just ended well
    } catch (JsonProcessingException e) {
      context
          .err()
          .println(
              "millrace: left out " + file + ", which cannot be read: " + e.getOriginalMessage());
      return Optional.empty();
    }
  }
}
