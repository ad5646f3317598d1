package org.millrace.orchestration.launch;

import java.nio.file.Path;

/** The Java that child processes run on: the one that runs us. */
public final class JavaProgram {
  private JavaProgram() {}

  /** Path of the {@code java} program. */
  public static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }
}
