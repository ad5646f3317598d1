package org.millrace.bench.contender;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.millrace.bench.run.Check;

/**
 * A contender's process: the task as its argument, then questions on standard input, one answer
 * each on standard output, as {@code org.millrace.bench.run.ContenderProcess} describes. Whatever
 * else is printed goes to standard error.
 */
public final class ContenderMain {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final PrintStream answers;

  private ContenderMain(PrintStream answers) {
    this.answers = answers;
  }

  /** Answers until told to end, or until nobody asks any more. */
  public static void main(String[] arguments) throws Exception {
    Task task = Task.of(arguments[0]);
    serve(() -> Works.of(task), Works::versions);
  }

  /**
   * Answers for the work.
   *
   * @param opening makes it ready
   * @param versions of what it runs on, asked for once it is
   */
  static void serve(Supplier<Work> opening, Supplier<Map<String, String>> versions)
      throws IOException {
    PrintStream answers = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
    System.setOut(System.err);
    new ContenderMain(answers).run(opening, versions);
  }

  private void run(Supplier<Work> opening, Supplier<Map<String, String>> versions)
      throws IOException {
    try (Work work = opening.get()) {
      answer(Map.of("ready", true, "versions", versions.get()));
      BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, UTF_8));
      for (String question = questions.readLine();
          question != null && !question.equals("end");
          question = questions.readLine()) {
        reply(work, question);
      }
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  private void reply(Work work, String question) throws IOException {
    try {
      switch (question) {
        case "check" -> answer(told(work.check()));
        case "round" -> {
          Work.Done done = work.round();
          answer(Map.of("seconds", done.seconds(), "rows", done.rows(), "notes", done.notes()));
        }
        default -> answer(Map.of("error", "unknown question " + question));
      }
    } catch (IOException e) {
      throw e;
    } catch (Exception | LinkageError e) {
      fail(e);
    }
  }

  private static Map<String, Object> told(Check check) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("rows", check.rows());
    told.put("sum", check.sum());
    told.put("weighted", check.weighted());
    told.put("absolute", check.absolute());
    return told;
  }

  private void fail(Throwable e) throws IOException {
    e.printStackTrace(); // to the log
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }

    answer(Map.of("error", String.valueOf(root)));
  }

  private void answer(Map<String, Object> reply) throws IOException {
    answers.println(JSON.writeValueAsString(reply));
  }
}
