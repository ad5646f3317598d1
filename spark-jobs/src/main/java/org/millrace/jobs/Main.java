package org.millrace.jobs;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Locale;
import java.util.UUID;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.ProcessStamp;

/**
 * The program that {@code spark-submit} starts: one verb, one room. The only place that reads the
 * environment and the clock, and ends the process. The last line on stdout is the result, one line
 * of JSON; progress goes to stderr.
 */
public final class Main {
  private Main() {}

  /** Runs a verb and exits with its code. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ENGLISH); // texts are alike on all machines; Derby refuses ROOT
    TerminalStream.install();
    PrintStream stdout = TerminalStream.of(System.out);
    // whatever a library prints must not get between us and the one line on stdout
    System.setOut(System.err);
    ParentWatch.start(
        System.getProperty(ProcessStamp.PARENT_PROPERTY, ""),
        System.getProperty("spark.submit.deployMode", ""));
    String attempt = UUID.randomUUID().toString();
    Surroundings surroundings =
        new Surroundings(
            System.getenv(), Clock.systemUTC(), System.in, stdout, System.err, SparkSessions.OWN);
    JobResult result =
        PeakMemory.in(new JobProgram(surroundings).run(args, attempt)).withAttempt(attempt);
    ResultFile.keep(args, result);
    byte[] line = (result.toJsonLine() + "\n").getBytes(StandardCharsets.UTF_8);
    stdout.write(line, 0, line.length);
    stdout.flush();
    System.exit(result.exitCode());
  }
}
