package org.millrace.jobs.init;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.millrace.contracts.definition.Definitions;
import org.millrace.jobs.room.Progress;

/**
 * Names views, and takes the one that is there if it says the same. What says anything else, such
 * as another time or one column more, is another view.
 */
final class ShareViews {
  private final Path conf;
  private final Set<String> names = new TreeSet<>();
  private final Progress progress;

  ShareViews(Path conf, Optional<Definitions> defined, Progress progress) {
    this.conf = conf;
    this.progress = progress;
    defined.ifPresent(there -> names.addAll(there.views().keySet()));
  }

  /**
   * The view under the name that it gets.
   *
   * @param drafts to which its file is added, unless it is there
   * @param rules its rules, which are looked for if they are needed
   */
  DraftView add(
      DraftView view,
      LocalDate until,
      boolean isSparse,
      Map<String, String> drafts,
      Function<DraftView, String> rules) {
    String name = view.name();
    for (int i = 2; names.contains(name); i++) {
      DraftView same = view.named(name);
      if (SameText.isThere(conf, "features/" + name + ".yaml", same.text(until, isSparse))) {
        progress.say("init", "view " + name + " is there already and is shared");
        return same;
      }

      name = view.name() + "_" + i;
    }

    names.add(name);
    DraftView own = view.named(name);
    progress.say(
        "init",
        "view %s: %s; looking for rules that its rows keep"
            .formatted(
                name,
                own.isWindowed()
                    ? "events, counted and averaged in windows"
                    : "facts, of which the newest is looked up"));
    drafts.put("features/" + name + ".yaml", own.text(until, isSparse));
    drafts.put("validation/" + name + ".dqdl", rules.apply(own));
    return own;
  }
}
