package org.millrace.contracts.definition;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words of a query in canonical form, and how its brackets lie. Names are in backquotes, all
 * other words of letters are keywords in upper case. Immutable.
 */
final class QueryWords {
  private static final Pattern WORD =
      Pattern.compile(
          "'(?:[^'\\\\]|\\\\.)*+'|\"(?:[^\"\\\\]|\\\\.)*+\"|`(?:[^`]|``)*+`|[^\\s'\"`]++");

  /** Words of queries whose columns are not read by name alone. */
  private static final Set<String> READ_OTHERWISE =
      Set.of("NATURAL", "PIVOT", "UNPIVOT", "TRANSFORM", "MAP", "REDUCE", "R", "r");

  private static final Set<String> ENDS_GROUPING =
      Set.of(
          "HAVING",
          "ORDER",
          "SORT",
          "CLUSTER",
          "DISTRIBUTE",
          "LIMIT",
          "OFFSET",
          "WINDOW",
          "ROWS",
          "RANGE",
          "FROM",
          "SELECT");

  private final List<String> words;

  /** By word, the place of the bracket that it stands in; -1 for none. */
  private final int[] opened;

  /** By opening bracket, the place of its end. */
  private final int[] closed;

  private final boolean isBalanced;

  /**
   * Words one after the other.
   *
   * @param from the first
   * @param to the one after the last
   */
  record Range(int from, int to) {
    boolean contains(int place) {
      return place >= from && place < to;
    }
  }

  private QueryWords(List<String> words) {
    this.words = List.copyOf(words);
    this.opened = new int[words.size()];
    this.closed = new int[words.size()];
    this.isBalanced = matchBrackets();
  }

  static QueryWords of(String text) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(text);
    while (word.find()) {
      words.add(word.group());
    }

    return new QueryWords(words);
  }

  private boolean matchBrackets() {
    Deque<Integer> open = new ArrayDeque<>(List.of(-1));
    for (int i = 0; i < words.size(); i++) {
      boolean closes = is(i, ")") || is(i, "]");
      if (closes && open.size() > 1) {
        closed[open.pop()] = i;
      } else if (closes) {
        return false;
      }

      opened[i] = open.element();
      if (is(i, "(") || is(i, "[")) {
        open.push(i);
      }
    }

    return open.size() == 1;
  }

  int size() {
    return words.size();
  }

  /** A word; the empty text outside of the query. */
  String at(int place) {
    return place >= 0 && place < words.size() ? words.get(place) : "";
  }

  boolean is(int place, String word) {
    return at(place).equals(word);
  }

  boolean isName(int place) {
    return at(place).startsWith("`");
  }

  /** A name without backquotes, in lower case, as Spark compares names. */
  String name(int place) {
    String quoted = at(place);
    return quoted.substring(1, quoted.length() - 1).toLowerCase(Locale.ROOT);
  }

  /** The bracket that a word stands in; -1 for none. */
  int bracket(int place) {
    return opened[place];
  }

  /** The end of an opening bracket; the end of the query for -1. */
  int end(int bracket) {
    return bracket < 0 ? words.size() : closed[bracket];
  }

  /** What stands in the bracket around a block, without it. */
  Range around(Range block) {
    int outer = block.from() == 0 ? -1 : opened[block.from()];
    return new Range(outer + 1, end(outer));
  }

  /** The words of a block that are not in a subquery that is a relation of its own. */
  List<Range> level(Range block) {
    List<Range> level = new ArrayList<>();
    int from = block.from();
    for (int i = block.from(); i < block.to(); i++) {
      if (i > block.from() && SelectList.isRelation(this, i)) {
        level.add(new Range(from, i));
        i = closed[i];
        from = i;
      }
    }

    level.add(new Range(from, block.to()));
    return level;
  }

  /** Whether a name stands in a range, but for some words. */
  boolean hasName(String name, Range range, Range without) {
    for (int i = range.from(); i < range.to(); i++) {
      if (isName(i) && !without.contains(i) && name(i).equals(name)) {
        return true;
      }
    }

    return false;
  }

  /** Whether its columns are read otherwise than by name, or it is not understood. */
  boolean isReadOtherwise() {
    if (!isBalanced) {
      return true;
    }

    for (int i = 0; i < words.size(); i++) {
      boolean isHint = at(i).startsWith("/*");
      if (isHint || READ_OTHERWISE.contains(at(i)) || groupsByPlace(i)) {
        return true;
      }
    }

    return false;
  }

  /** {@code BY 1}, {@code BY ALL}. */
  private boolean groupsByPlace(int by) {
    if (!is(by, "BY")) {
      return false;
    }

    int end = end(opened[by]);
    for (int i = by + 1; i < end && !ENDS_GROUPING.contains(at(i)); i++) {
      boolean isAll = isName(i) && name(i).equals("all"); // no keyword there
      if (opened[i] == opened[by] && (isAll || Character.isDigit(at(i).charAt(0)))) {
        return true;
      }
    }

    return false;
  }

  QueryWords without(Range range) {
    List<String> left = new ArrayList<>(words.subList(0, range.from()));
    left.addAll(words.subList(range.to(), words.size()));
    return new QueryWords(left);
  }

  /** The first of some keywords in a bracket, from a place on; its end if there is none. */
  int next(Set<String> keywords, int from, int bracket) {
    for (int i = from; i < end(bracket); i++) {
      if (opened[i] == bracket && keywords.contains(at(i))) {
        return i;
      }
    }

    return end(bracket);
  }

  @Override
  public String toString() {
    return String.join(" ", words);
  }

  /** The name that a word stands for as the alias of what is before it, if it is one. */
  Optional<String> alias(Range item) {
    int last = item.to() - 1;
    boolean isAlias = is(last - 1, "AS") || is(last - 1, ")");
    return isName(last) && (isPlain(item.from(), item.to()) || isAlias)
        ? Optional.of(name(last))
        : Optional.empty();
  }

  /** Whether some words are a column: {@code a}, {@code t . a}. */
  boolean isPlain(int from, int to) {
    for (int i = from; i < to; i++) {
      boolean isOdd = (i - from) % 2 == 1;
      if (isOdd ? !is(i, ".") : !isName(i)) {
        return false;
      }
    }

    return (to - from) % 2 == 1;
  }
}
