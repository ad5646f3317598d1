package org.millrace.jobs.init;

/** Commands as people type them next. */
final class CommandText {
  private CommandText() {}

  /** {@code --conf DIR}, unless it is the usual one. */
  static String conf(InitRequest request) {
    return request.conf().equals(request.home().resolve("conf"))
        ? ""
        : " --conf "
            + word(
                (request.conf().startsWith(request.home())
                        ? request.home().relativize(request.conf())
                        : request.conf())
                    .toString());
  }

  /** A word as a shell reads it. */
  static String word(String text) {
    return text.matches("[A-Za-z0-9_@%+=:,./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  /** The same in a line of a crontab, where a percent sign ends the command. */
  static String cronWord(String text) {
    return word(text).replace("%", "\\%");
  }
}
