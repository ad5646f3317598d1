package org.millrace.contracts.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The columns that one SELECT of a query lists.
 *
 * @param words of the query
 * @param place where the SELECT stands
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

  private static final Set<String> SET_OPERATORS = Set.of("UNION", "INTERSECT", "EXCEPT", "MINUS");

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

  /** Where a SELECT stands. */
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
   * @param source the column that it is, with or without another name, in lower case; empty if it
   *     is an expression
   * @param isStar whether it stands for all columns
   * @param makesRows whether it has a function that gives several rows
   */
  record Item(
      QueryWords.Range words,
      Optional<String> name,
      Optional<String> source,
      boolean isStar,
      boolean makesRows) {}

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
    while (words.is(end, "FROM") && words.is(end - 1, "DISTINCT")) { // IS DISTINCT FROM
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

  private static Item item(QueryWords words, QueryWords.Range range) {
    int as = range.to() - 2;
    int end = words.is(as, "AS") ? as : range.to();
    int last = range.to() - 1;
    boolean makesRows = false;
    for (int i = range.from(); i < range.to(); i++) {
      makesRows |= words.isName(i) && GENERATORS.contains(words.name(i));
    }

    return new Item(
        range,
        words.alias(range),
        words.isPlain(range.from(), end) ? Optional.of(words.name(end - 1)) : Optional.empty(),
        words.is(last, "*"),
        makesRows);
  }

  private static Place place(QueryWords words, int select, int bracket) {
    boolean isOfSet = words.next(SET_OPERATORS, bracket + 1, bracket) < words.end(bracket);
    if (isOfSet || words.is(select + 1, "DISTINCT")) {
      return Place.ELSEWHERE;
    }

    if (bracket < 0) {
      return Place.OUTERMOST;
    }

    if (!isRelation(words, bracket)) {
      return Place.ELSEWHERE;
    }

    return words.is(bracket - 1, "AS") ? Place.NAMED : Place.RELATION;
  }

  /** Whether a bracket holds a subquery whose columns are read by their names. */
  static boolean isRelation(QueryWords words, int bracket) {
    boolean isQuery =
        words.is(bracket, "(")
            && (words.is(bracket + 1, "SELECT") || words.is(bracket + 1, "WITH"));
    if (!isQuery) {
      return false;
    }

    if (words.is(bracket - 1, "AS")) { // with a list of names before it, they go by their places
      return words.isName(bracket - 2);
    }

    int after = words.end(bracket) + (words.is(words.end(bracket) + 1, "AS") ? 2 : 1);
    boolean renames = words.isName(after) && words.is(after + 1, "(");
    return (words.is(bracket - 1, "FROM") || words.is(bracket - 1, "JOIN")) && !renames;
  }

  /** Whether it lists all columns of something. */
  boolean isReadOtherwise() {
    return items.stream().anyMatch(Item::isStar);
  }

  /**
   * Whether it gives the same rows without an item: what has a plain column beside it is no
   * aggregate over all rows.
   */
  boolean canDo(Item without) {
    return place != Place.ELSEWHERE
        && without.name().isPresent()
        && !without.makesRows()
        && items.stream().anyMatch(item -> !item.equals(without) && isOfARow(item));
  }

  /** Whether it is a column of what is selected from, and not another item by its name. */
  private boolean isOfARow(Item item) {
    return item.source().isPresent()
        && items.stream()
            .filter(other -> other.source().isEmpty())
            .noneMatch(other -> other.name().equals(item.source()));
  }

  /** The words to leave out for an item: a comma too. */
  QueryWords.Range cut(Item item) {
    QueryWords.Range range = item.words();
    return words.is(range.to(), ",")
        ? new QueryWords.Range(range.from(), range.to() + 1)
        : new QueryWords.Range(range.from() - 1, range.to());
  }
}
