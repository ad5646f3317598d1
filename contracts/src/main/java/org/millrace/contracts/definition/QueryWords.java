package org.millrace.contracts.definition;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
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
          "(?s)'(?:[^'\\\\]|\\\\.)*+'|\"(?:[^\"\\\\]|\\\\.)*+\"|`(?:[^`]|``)*+`|[^\\s'\"`]++");

  /** Words of queries whose columns are not read by name alone. */
  private static final Set<String> READ_OTHERWISE =
      Set.of("NATURAL", "PIVOT", "UNPIVOT", "TRANSFORM", "MAP", "REDUCE", "TABLE", "R");

  private static final Set<String> SET_OPERATORS = Set.of("UNION", "INTERSECT", "EXCEPT", "MINUS");

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

  /** What stands before a star that is no multiplication. */
  private static final Set<String> BEFORE_STAR = Set.of("(", ",", ".", "SELECT", "DISTINCT", "ALL");

  private final List<String> words;

  /** Names in lower case, as Spark compares them; empty for other words. */
  private final String[] names;

  /** By word, the place of the bracket that it stands in; -1 for none. */
  private final int[] opened;

  /** By opening bracket, the place of its end. */
  private final int[] closed;

  private final boolean isUnderstood;

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

  private QueryWords(List<String> words, boolean isUnderstood) {
    this.words = List.copyOf(words);
    this.names = new String[words.size()];
    this.opened = new int[words.size()];
    this.closed = new int[words.size()];
    for (int i = 0; i < names.length; i++) {
      String word = words.get(i);
      names[i] =
          word.charAt(0) == '`'
              ? word.substring(1, word.length() - 1).toLowerCase(Locale.ROOT)
              : "";
    }

    boolean isBalanced = matchBrackets();
    this.isUnderstood = isUnderstood && isBalanced;
  }

  static QueryWords of(String text) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(text);
    boolean isUnderstood = true;
    int end = 0;
    while (word.find()) {
      isUnderstood &= text.substring(end, word.start()).isBlank() && isCanonical(word.group());
      words.add(word.group());
      end = word.end();
    }

    return new QueryWords(words, isUnderstood && text.substring(end).isBlank());
  }

  /** A text that could not be parsed has words in lower case: its quotes may mean anything. */
  private static boolean isCanonical(String word) {
    return !Character.isLetter(word.charAt(0)) || word.equals(word.toUpperCase(Locale.ROOT));
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
    return !name(place).isEmpty();
  }

  /** A name without backquotes, in lower case; empty for another word. */
  String name(int place) {
    return place >= 0 && place < names.length ? names[place] : "";
  }

  /** The bracket that a word stands in; -1 for none. */
  int bracket(int place) {
    return opened[place];
  }

  /** The end of an opening bracket; the end of the query for -1. */
  int end(int bracket) {
    return bracket < 0 ? words.size() : closed[bracket];
  }

  /** Whether a bracket, or the whole query for -1, begins as a query does. */
  boolean isQuery(int bracket) {
    return is(bracket + 1, "SELECT") || is(bracket + 1, "WITH");
  }

  /** What stands in the bracket around a block. */
  Range around(Range block) {
    int outer = opened[block.from()];
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
      if (names[i].equals(name) && !without.contains(i)) {
        return true;
      }
    }

    return false;
  }

  /** Whether all is understood, and columns are read by their names alone. */
  boolean isReadByName() {
    Set<Integer> selecting = new HashSet<>();
    boolean isByName = isUnderstood;
    for (int i = 0; i < words.size() && isByName; i++) {
      boolean isSecond =
          is(i, "SELECT") && !selecting.add(opened[i]) && !isOfSetOperation(opened[i]);
      isByName =
          !isSecond
              && !at(i).startsWith("/*")
              && !READ_OTHERWISE.contains(at(i))
              && !isStar(i)
              && !renames(i)
              && !groupsByPlace(i);
    }

    return isByName;
  }

  /** Whether what is in a bracket is more than one query. */
  boolean isOfSetOperation(int bracket) {
    return next(SET_OPERATORS, bracket + 1, bracket) < end(bracket);
  }

  /** All columns of something, wherever; {@code count(*)} reads none. */
  private boolean isStar(int place) {
    boolean isCount = name(place - 2).equals("count") && is(place - 1, "(") && is(place + 1, ")");
    return is(place, "*") && BEFORE_STAR.contains(at(place - 1)) && !isCount;
  }

  /** {@code t AS s (a, b)}: other names, by their places. */
  private boolean renames(int place) {
    boolean isAlias =
        isName(place - 1) || is(place - 1, "AS") || is(place - 1, ")") || is(place - 1, "WITH");
    return isName(place) && isAlias && is(place + 1, "(");
  }

  /** {@code BY 1}, {@code BY ALL}. */
  private boolean groupsByPlace(int by) {
    if (!is(by, "BY")) {
      return false;
    }

    int end = next(ENDS_GROUPING, by + 1, opened[by]);
    for (int i = by + 1; i < end; i++) {
      boolean isAll = name(i).equals("all"); // no keyword there
      if (isAll || Character.isDigit(at(i).charAt(0))) {
        return true;
      }
    }

    return false;
  }

  QueryWords without(BitSet places) {
    List<String> left = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      if (!places.get(i)) {
        left.add(words.get(i));
      }
    }

    return new QueryWords(left, isUnderstood);
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
}
