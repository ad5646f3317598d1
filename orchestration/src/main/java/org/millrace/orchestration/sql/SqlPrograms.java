package org.millrace.orchestration.sql;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.millrace.orchestration.launch.JavaProgram;

/**
 * Argument lists of the programs that speak Hive JDBC.
 *
 * @param sparkJars class path of Spark's jars, the driver among them
 * @param logging log4j2 configuration file
 */
public record SqlPrograms(String sparkJars, Path logging) {

  /** Runs queries, prints rows and ends. */
  public List<String> queries(String url, SqlFormat format, List<String> queries) {
    List<String> command = java(sparkJars + File.pathSeparator + ourClasses());
    command.addAll(List.of(SqlClient.class.getName(), url, format.name().toLowerCase(Locale.ROOT)));
    command.addAll(queries);
    return command;
  }

  /** BeeLine, Hive's shell, which has line editing and a history. */
  public List<String> shell(String url) {
    List<String> command = java(sparkJars);
    command.addAll(List.of("org.apache.hive.beeline.BeeLine", "-u", url));
    command.addAll(List.of("-n", System.getProperty("user.name"), "--showDbInPrompt=true"));
    return command;
  }

  private List<String> java(String classPath) {
    return new ArrayList<>(
        List.of(
            JavaProgram.java().toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Dlog4j2.configurationFile=" + logging.toUri(),
            "-Dmillrace.spark.log.level=ERROR",
            "-Dsun.stdout.encoding=UTF-8",
            "-cp",
            classPath));
  }

  /** The jar, or in tests the directory, that this class came from. */
  private static Path ourClasses() {
    try {
      return Path.of(SqlPrograms.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("Cannot find the place of Millrace's own classes", e);
    }
  }
}
