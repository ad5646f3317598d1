package org.millrace.jobs.init;

/** Commands as people type them next. */
final class CommandText {
  private CommandText() {}

  /** {@code --conf DIR}, unless it is the usual one. */
  static String conf(InitRequest request) {
    return request.conf().equals(request.home().resolve("conf"))
        ? ""
        : " --conf "
            + (request.conf().startsWith(request.home())
                ? request.home().relativize(request.conf())
                : request.conf());
  }
}
