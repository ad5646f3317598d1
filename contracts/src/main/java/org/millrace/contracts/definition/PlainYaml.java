package org.millrace.contracts.definition;

import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** Finds in a text what no definition needs: tags, and nesting that would exhaust the stack. */
final class PlainYaml {
  private static final int MOST_LEVELS = 50;
  private static final String STANDARD = "tag:yaml.org,2002:";

  private PlainYaml() {}

  /**
   * What a definition must not have.
   *
   * @param line 1-based
   */
  record Finding(int line, String what) {}

  /** The first one; empty if there is none. */
  static Optional<Finding> check(LoadSettings settings, String text) {
    int level = 0;
    for (Event event : new Parse(settings).parseString(text)) {
      Optional<String> tag = tag(event);
      if (tag.isPresent()) {
        return Optional.of(
            finding(event, "a tag such as '%s' is not allowed".formatted(tag.get())));
      }

      level += event instanceof CollectionStartEvent ? 1 : 0;
      level -= event instanceof CollectionEndEvent ? 1 : 0;
      if (level > MOST_LEVELS) {
        return Optional.of(finding(event, "more than " + MOST_LEVELS + " levels of lists"));
      }
    }

    return Optional.empty();
  }

  private static Optional<String> tag(Event event) {
    Optional<String> tag =
        event instanceof CollectionStartEvent start
            ? start.getTag()
            : event instanceof ScalarEvent scalar ? scalar.getTag() : Optional.empty();
    return tag.map(name -> name.startsWith(STANDARD) ? name.replace(STANDARD, "!!") : name);
  }

  private static Finding finding(Event event, String what) {
    return new Finding(event.getStartMark().map(Mark::getLine).orElse(-1) + 1, what);
  }
}
