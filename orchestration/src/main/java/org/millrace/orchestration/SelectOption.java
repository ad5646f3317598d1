package org.millrace.orchestration;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which objects of a pipeline are meant. */
final class SelectOption {
  private static final Pattern FAILED = Pattern.compile("(^|[\\s,+])failed($|[\\s,+])");

  @Option(
      names = "--select",
      paramLabel = "EXPR",
      description = {
        "Only these objects: names such as origin_weather or raw.*, +name and name+ with what it is"
            + " made from and what is made from it, tag:WORD, state:modified, stale, missing,"
            + " failed; a space means or, a comma means and."
      })
  @Nullable String select;

  /** The program's arguments; none if all objects are meant. */
  List<String> arguments(CommandContext context, String pipeline) {
    if (select == null) {
      return List.of();
    }

    List<String> arguments = new ArrayList<>(List.of("--select", select));
    if (FAILED.matcher(select).find()) {
      Set<String> verbs = failedVerbs(context, pipeline);
      if (!verbs.isEmpty()) {
        arguments.addAll(List.of("--failed", String.join(",", verbs)));
      }
    }

    return arguments;
  }

  /** The rooms of a pipeline whose last run failed. */
  static Set<String> failedVerbs(CommandContext context, String pipeline) {
    Set<String> verbs = new TreeSet<>();
    new FailedRuns(context)
        .newestFirst().stream()
            .filter(run -> run.key().isOf(pipeline))
            .forEach(run -> verbs.add(run.room()));
    return verbs;
  }
}
