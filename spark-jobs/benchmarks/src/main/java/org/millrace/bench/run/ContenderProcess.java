package org.millrace.bench.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A contender in a process of its own. It is asked in lines ({@code check}, {@code round}, {@code
 * end}) and answers each with one line of JSON, {@code {"error": "..."}} where it cannot; its first
 * answer, unasked, is {@code {"ready": true, "versions": {...}}}. Lines that are not JSON objects
 * are passed over: runtimes print banners. What it writes to its standard error is its log.
 */
public final class ContenderProcess implements Contestant {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration FAREWELL = Duration.ofSeconds(15);
  private static final String END_OF_OUTPUT = "";

  private final Command command;
  private final Path log;
  private final Duration patience;
  private final ProcessTreeCpu cpu = new ProcessTreeCpu(Path.of("/proc"));
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private @Nullable Process process;
  private OptionalInt exitCode = OptionalInt.empty();

  /**
   * @param log overwritten
   * @param patience how long one answer may take
   */
  public ContenderProcess(Command command, Path log, Duration patience) {
    this.command = command;
    this.log = log;
    this.patience = patience;
  }

  /**
   * How to start a contender.
   *
   * @param environment added to this process's own
   */
  public record Command(String name, List<String> words, Map<String, String> environment) {

    /** Copies both. */
    public Command {
      words = List.copyOf(words);
      environment = Map.copyOf(environment);
    }
  }

  @Override
  public String name() {
    return command.name;
  }

  @Override
  public Map<String, String> start() {
    try {
      Files.createDirectories(log.toAbsolutePath().getParent());
      ProcessBuilder builder = new ProcessBuilder(command.words).redirectError(log.toFile());
      builder.environment().putAll(command.environment);
      Process started = builder.start();
      process = started;
      Thread reader = new Thread(() -> read(started), "answers-of-" + command.name);
      reader.setDaemon(true);
      reader.start();
    } catch (IOException e) {
      throw new ContenderFailedException("Cannot start " + command.name + ": " + e, e);
    }

    return texts(answer("start").path("versions"));
  }

  @Override
  public Check check() {
    return Check.of(ask("check"));
  }

  @Override
  public Round round() {
    double before = cpuSeconds();
    JsonNode reply = ask("round");
    double used = cpuSeconds() - before;
    return new Round(
        reply.path("seconds").asDouble(),
        used,
        reply.path("rows").asLong(),
        texts(reply.path("notes")));
  }

  /** Asks it to end, and ends it, with all that it started, where it does not in time. */
  @Override
  public void close() {
    Process running = process;
    process = null;
    if (running == null) {
      return;
    }

    List<ProcessHandle> below = running.descendants().toList();
    try {
      send(running, "end");
      if (!running.waitFor(FAREWELL.toSeconds(), TimeUnit.SECONDS)) {
        running.destroyForcibly();
      } else {
        exitCode = OptionalInt.of(running.exitValue());
      }
    } catch (IOException e) {
      running.destroyForcibly(); // its input is closed: it has ended, or cannot hear
    } catch (InterruptedException e) {
      running.destroyForcibly();
      Thread.currentThread().interrupt();
    }

    below.forEach(ProcessHandle::destroyForcibly);
  }

  /** How it ended; empty before that, and where it had to be killed. */
  public OptionalInt exitCode() {
    return exitCode;
  }

  private JsonNode ask(String question) {
    Process running = process;
    if (running == null) {
      throw new ContenderFailedException(
          "Cannot ask %s for %s: it is not running".formatted(command.name, question));
    }

    try {
      send(running, question);
    } catch (IOException e) {
      throw new ContenderFailedException(failure(question, "it has ended"), e);
    }

    return answer(question);
  }

  private JsonNode answer(String question) {
    String line;
    try {
      line = answers.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ContenderFailedException(failure(question, "interrupted"), e);
    }

    if (line == null) {
      throw new ContenderFailedException(failure(question, "no answer within " + patience));
    }

    if (line.equals(END_OF_OUTPUT)) {
      throw new ContenderFailedException(failure(question, "it ended"));
    }

    JsonNode reply = parse(question, line);
    if (reply.has("error")) {
      throw new ContenderFailedException(failure(question, reply.path("error").asText()));
    }

    return reply;
  }

  private JsonNode parse(String question, String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new ContenderFailedException(failure(question, "not JSON: " + line), e);
    }
  }

  private String failure(String question, String reason) {
    return "Cannot get an answer to %s from %s: %s; its log is %s"
        .formatted(question, command.name, reason, log);
  }

  private double cpuSeconds() {
    Process running = process;
    try {
      return running == null ? 0 : cpu.seconds(running.pid());
    } catch (IOException e) {
      throw new ContenderFailedException(failure("CPU time", "cannot read /proc"), e);
    }
  }

  private void read(Process running) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(running.getInputStream(), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("{")) {
          answers.add(line);
        }
      }
    } catch (IOException e) {
      answers.add("{\"error\": \"its output broke off\"}");
    }

    answers.add(END_OF_OUTPUT);
  }

  private static void send(Process running, String line) throws IOException {
    Writer input = running.outputWriter(UTF_8); // the same writer at every call
    input.write(line + "\n");
    input.flush();
  }

  private static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new LinkedHashMap<>();
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    names.forEach(name -> texts.put(name, object.path(name).asText()));
    return texts;
  }
}
