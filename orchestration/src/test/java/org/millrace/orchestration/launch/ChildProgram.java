package org.millrace.orchestration.launch;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A small real program to start from tests. */
final class ChildProgram {
  private ChildProgram() {}

  /** The call of this program in another JVM. */
  static List<String> call(String... arguments) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(JavaProgram.java().toString(), "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(ChildProgram.class.getName());
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    switch (arguments[0]) {
      case "exit" -> System.exit(Integer.parseInt(arguments[1]));
      case "print" -> Arrays.stream(arguments).skip(1).forEach(System.out::println);
      case "launch" -> System.exit(ChildProcess.run(call("sleep", arguments[1]), Map.of()));
      case "run" ->
          System.exit(ChildProcess.run(List.of(arguments).subList(1, arguments.length), Map.of()));
      case "properties" ->
          System.getProperties().stringPropertyNames().stream()
              .filter(name -> name.startsWith(arguments[1]))
              .sorted()
              .forEach(name -> System.out.println(System.getProperty(name)));
      case "sleep" -> sleep(Path.of(arguments[1]));
      default -> throw new IllegalArgumentException("Cannot do " + arguments[0]);
    }
  }

  /** Starts a grandchild, tells both process ids and waits for the end. */
  private static void sleep(Path file) throws IOException, InterruptedException {
    Process grandchild =
        new ProcessBuilder("sleep", "300").redirectInput(new File("/dev/null")).start();
    Path draft = file.resolveSibling("draft");
    Files.writeString(draft, ProcessHandle.current().pid() + " " + grandchild.pid());
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    grandchild.waitFor();
  }
}
