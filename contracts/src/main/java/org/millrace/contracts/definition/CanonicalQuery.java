package org.millrace.contracts.definition;

import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A query in its canonical form, and what of it some of its columns come from. Only what is plain
 * is left out: a query that is read otherwise than by names stays whole, such as one with {@code
 * *}, a hint or ordinals. Two queries that are equal for some columns give the same rows in these;
 * of two that differ nothing is known.
 *
 * <p>Pure; not thread-safe.
 */
final class CanonicalQuery {
  /** Beyond it, looking for what can be left out would take longer than it is worth. */
  private static final int MOST_WORDS = 4_000;

  private final String text;
  private final QueryWords words;

  /** A query as {@link SqlForm#query} brings it into its form. */
  CanonicalQuery(String text) {
    this.text = text;
    this.words = QueryWords.of(text);
  }

  /** The names of its columns, in lower case; empty if they cannot be told. */
  Optional<Set<String>> columns() {
    if (isWhole()) {
      return Optional.empty();
    }

    Set<String> names = new LinkedHashSet<>();
    for (SelectList list : SelectList.all(words)) {
      if (list.place() == SelectList.Place.OUTERMOST) {
        for (SelectList.Item item : list.items()) {
          if (item.name().isEmpty()) {
            return Optional.empty();
          }

          names.add(item.name().get());
        }
      }
    }

    return names.isEmpty() ? Optional.empty() : Optional.of(names);
  }

  /**
   * What some columns come from: the query without other columns, also those of subqueries that
   * nothing reads then.
   *
   * @param columns by name, whatever the case
   */
  String giving(Set<String> columns) {
    if (isWhole()) {
      return text;
    }

    Set<String> wanted = new LinkedHashSet<>();
    columns.forEach(column -> wanted.add(column.toLowerCase(Locale.ROOT)));
    QueryWords left = words;
    BitSet unread = unread(left, wanted);
    while (!unread.isEmpty()) {
      left = left.without(unread);
      unread = unread(left, wanted);
    }

    return left.toString();
  }

  private boolean isWhole() {
    return words.size() > MOST_WORDS || !words.isReadByName();
  }

  /**
   * The words of items that nothing reads, as far as the others tell it; none if there are none.
   */
  private static BitSet unread(QueryWords words, Set<String> wanted) {
    BitSet unread = new BitSet();
    for (SelectList list : SelectList.all(words)) {
      List<SelectList.Item> items =
          list.items().stream()
              .filter(item -> item.name().isPresent() && !isRead(words, list, item, wanted))
              .toList();
      list.cut(items, unread);
    }

    return unread;
  }

  private static boolean isRead(
      QueryWords words, SelectList list, SelectList.Item item, Set<String> wanted) {
    String name = item.name().orElseThrow();
    if (list.place() == SelectList.Place.OUTERMOST && wanted.contains(name)) {
      return true;
    }

    QueryWords.Range block = list.block();
    boolean isReadBeside =
        words.level(block).stream().anyMatch(range -> words.hasName(name, range, item.words()));
    return isReadBeside
        || switch (list.place()) {
          case OUTERMOST -> false;
          // only what comes after it knows its name
          case NAMED ->
              words.hasName(name, new QueryWords.Range(block.to(), words.size()), item.words());
          case RELATION -> words.hasName(name, words.around(block), block);
          case ELSEWHERE -> true;
        };
  }
}
