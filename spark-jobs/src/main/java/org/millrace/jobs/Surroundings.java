package org.millrace.jobs;

import static java.util.Objects.requireNonNull;

import java.io.InputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * What a job has of the world around its process. Driver only.
 *
 * @param environment variables
 * @param clock the time
 * @param in answers of a person, where a job asks
 * @param out rows and texts that are the answer itself; the result line is not among them
 * @param err questions
 * @param sessions where the session comes from
 */
record Surroundings(
    Map<String, String> environment,
    Clock clock,
    InputStream in,
    PrintStream out,
    PrintStream err,
    SparkSessions sessions) {
  Surroundings {
    environment = Map.copyOf(environment);
    requireNonNull(clock, "clock is null");
    requireNonNull(in, "in is null");
    requireNonNull(out, "out is null");
    requireNonNull(err, "err is null");
    requireNonNull(sessions, "sessions is null");
  }

  /** Without the environment, which holds secrets. */
  @Override
  public String toString() {
    return "Surroundings[***]";
  }

  /** Its jobs have this name in Spark's UI until a room's runner gives them another one. */
  SparkSession session(String name, Map<String, String> settings) {
    SparkSession spark = sessions.open(name, settings);
    spark.sparkContext().setJobGroup(name, "millrace " + name, false);
    return spark;
  }
}
