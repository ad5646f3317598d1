package org.millrace.contracts.definition;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The columns that one SELECT of a query lists.
 *
 * @param words of the query
 * @param place where the SELECT is
 * @param block its brackets and what is in them; all of the query for the outermost
 * @param items in order
 */
record SelectList(QueryWords words, Place place, QueryWords.Range block, List<Item> items) {
  private static final Set<String> ENDS =
      Set.of(
          "FROM",
          "WHERE",
          "GROUP",
          "HAVING",
          "ORDER",
          "SORT",
          "CLUSTER",
          "DISTRIBUTE",
          "LIMIT",
          "OFFSET",
          "WINDOW",
          "LATERAL");

  /** Functions of which one row gives several, or none. */
  private static final Set<String> GENERATORS =
      Set.of(
          "explode",
          "explode_outer",
          "posexplode",
          "posexplode_outer",
          "inline",
          "inline_outer",
          "stack",
          "json_tuple");

  /** Where a SELECT is. */
  enum Place {
    /** Its columns are those of the query. */
    OUTERMOST,
    /** {@code WITH name AS (SELECT ...)}. */
    NAMED,
    /** {@code FROM (SELECT ...)}, {@code JOIN (SELECT ...)}. */
    RELATION,
    /** In a condition, a set operation, after DISTINCT: its columns are not only read by name. */
    ELSEWHERE
  }

  /**
   * One item.
   *
   * @param words of it
   * @param name of the column, in lower case; empty if it cannot be told
   * @param source the first name of the column that it is, with or without another name: of a
   *     table, or its own; empty if it is an expression
   * @param makesRows whether it has a function that gives several rows
   */
  record Item(
      QueryWords.Range words, Optional<String> name, Optional<String> source, boolean makesRows) {}

  SelectList {
    items = List.copyOf(items);
  }

  /** Those of a query. */
  static List<SelectList> all(QueryWords words) {
    List<SelectList> lists = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      if (words.is(i, "SELECT")) {
        lists.add(at(words, i));
      }
    }

    return lists;
  }

  private static SelectList at(QueryWords words, int select) {
    int bracket = words.bracket(select);
    int first = select + (words.is(select + 1, "ALL") ? 2 : 1);
    int end = words.next(ENDS, first, bracket);
    while (isOfAnItem(words, end)) {
      end = words.next(ENDS, end + 1, bracket);
    }

    List<Item> items = new ArrayList<>();
    int from = first;
    while (from < end) {
      int to = Math.min(words.next(Set.of(","), from, bracket), end);
      items.add(item(words, new QueryWords.Range(from, to)));
      from = to + 1;
    }

    QueryWords.Range block =
        bracket < 0
            ? new QueryWords.Range(0, words.size())
            : new QueryWords.Range(bracket, words.end(bracket) + 1);
    return new SelectList(words, place(words, select, bracket), block, items);
  }

  /** {@code IS DISTINCT FROM}, {@code WITHIN GROUP (...)}. */
  private static boolean isOfAnItem(QueryWords words, int end) {
    return (words.is(end, "FROM") && words.is(end - 1, "DISTINCT"))
        || (words.is(end, "GROUP") && !words.is(end + 1, "BY"));
  }

  private static Item item(QueryWords words, QueryWords.Range range) {
    int last = range.to() - 1;
    int as = range.to() - 2;
    int end = words.is(as, "AS") ? as : range.to();
    boolean isPlain = isPlain(words, range.from(), end);
    boolean isNamed = isPlain || words.is(as, "AS") || words.is(as, ")");
    boolean makesRows = false;
    for (int i = range.from(); i < range.to(); i++) {
      makesRows |= GENERATORS.contains(words.name(i));
    }

    return new Item(
        range,
        isNamed && words.isName(last) ? Optional.of(words.name(last)) : Optional.empty(),
        isPlain ? Optional.of(words.name(range.from())) : Optional.empty(),
        makesRows);
  }

  /** Whether some words are a column: {@code a}, {@code t . a}. */
  private static boolean isPlain(QueryWords words, int from, int to) {
    for (int i = from; i < to; i++) {
      boolean isOdd = (i - from) % 2 == 1;
      if (isOdd ? !words.is(i, ".") : !words.isName(i)) {
        return false;
      }
    }

    return (to - from) % 2 == 1;
  }

  private static Place place(QueryWords words, int select, int bracket) {
    if (words.isOfSetOperation(bracket) || words.is(select + 1, "DISTINCT")) {
      return Place.ELSEWHERE;
    }

    if (bracket < 0) {
      return Place.OUTERMOST;
    }

    if (!isRelation(words, bracket)) {
      return Place.ELSEWHERE;
    }

    if (words.is(bracket - 1, "AS")) {
      return Place.NAMED;
    }

    // a join in brackets hands its columns on outwards
    return words.isQuery(words.bracket(bracket)) ? Place.RELATION : Place.ELSEWHERE;
  }

  /** Whether a bracket holds a subquery whose columns are read by their names. */
  static boolean isRelation(QueryWords words, int bracket) {
    boolean isNamed = words.is(bracket - 1, "AS") && words.isName(bracket - 2);
    boolean isRead = words.is(bracket - 1, "FROM") || words.is(bracket - 1, "JOIN");
    return words.is(bracket, "(") && words.isQuery(bracket) && (isNamed || isRead);
  }

  /**
   * Adds the words of some of its items, and of commas, to those that are left out: as many items
   * as it gives the same rows without.
   */
  void cut(List<Item> unread, BitSet words) {
    if (place == Place.ELSEWHERE) {
      return;
    }

    List<Item> kept = new ArrayList<>(items);
    unread.stream().filter(item -> !item.makesRows()).forEach(kept::remove);
    if (kept.stream().noneMatch(this::isOfARow)) {
      // without a plain column beside them, aggregates would be over all rows
      Optional<Item> one = unread.stream().filter(this::isOfARow).findFirst();
      if (one.isEmpty()) {
        return;
      }

      kept.add(one.get());
    }

    for (Item item : items) {
      if (!kept.contains(item)) {
        words.set(item.words().from(), item.words().to());
      }
    }

    cutCommas(kept, words);
  }

  /** One comma between each two that are kept. */
  private void cutCommas(List<Item> kept, BitSet left) {
    boolean isKeptBefore = false;
    for (int i = 0; i < items.size(); i++) {
      boolean isKept = kept.contains(items.get(i));
      if (i > 0 && !(isKept && isKeptBefore)) {
        left.set(items.get(i - 1).words().to());
      }

      isKeptBefore |= isKept;
    }
  }

  /** Whether it is a column of what is selected from, and not another item by its name. */
  private boolean isOfARow(Item item) {
    return item.source().isPresent()
        && items.stream()
            .filter(other -> !other.equals(item))
            .noneMatch(other -> other.name().equals(item.source()));
  }
}
