package org.millrace.orchestration;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many characters a line of the terminal has. */
final class TerminalWidth {
  private static final int USUAL = 80;
  private static final Pattern SIZE = Pattern.compile("\\d+ (\\d+)\\s*");

  private TerminalWidth() {}

  /** Whether stderr is one. */
  static boolean isTerminal() {
    try {
      String stderr = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return stderr.startsWith("/dev/pts/") || stderr.startsWith("/dev/tty");
    } catch (IOException e) {
      return false; // unknown: plain lines suit all
    }
  }

  /**
   * Asks the terminal, unless the environment names it.
   *
   * @param columns variable COLUMNS; may be empty
   */
  static int of(String columns) {
    return columns.matches("[1-9]\\d{0,3}") ? Integer.parseInt(columns) : asked();
  }

  private static int asked() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(ProcessBuilder.Redirect.INHERIT)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      Matcher matcher = SIZE.matcher(size);
      boolean isKnown = stty.waitFor(1, TimeUnit.SECONDS) && matcher.matches();
      int width = isKnown ? Integer.parseInt(matcher.group(1)) : 0;
      return width > 0 ? width : USUAL;
    } catch (IOException e) {
      return USUAL; // no such program
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return USUAL;
    }
  }
}
