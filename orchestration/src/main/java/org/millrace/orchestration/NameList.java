package org.millrace.orchestration;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Names of columns as they are given on a command line: separated by commas; one that holds a comma
 * or an equals sign stands in double quotes, a double quote in it is written twice; an empty text
 * is two double quotes.
 *
 * @param items pairs of a name and of what follows its equals sign; both the same where there is
 *     none
 */
record NameList(List<Item> items) {
  /** A name, and what it is paired with. */
  record Item(String name, String other) {}

  /** Copies the list. */
  NameList {
    items = List.copyOf(items);
  }

  /** None. */
  static NameList none() {
    return new NameList(List.of());
  }

  /**
   * The names of an option that takes no pairs.
   *
   * @throws MillraceException DEFINITION if there is one
   */
  List<String> names() {
    for (Item item : items) {
      if (!item.name.equals(item.other)) {
        throw new MillraceException(
            ErrorCategory.DEFINITION,
            "Cannot use '%s=%s' where a name is expected; put a name with an equals sign in double quotes"
                .formatted(item.name, item.other));
      }
    }

    return items.stream().map(Item::name).toList();
  }

  /**
   * What each name is paired with, in order.
   *
   * @throws MillraceException DEFINITION if a name stands twice
   */
  Map<String, String> pairs() {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (Item item : items) {
      if (pairs.put(item.name, item.other) != null) {
        throw new MillraceException(
            ErrorCategory.DEFINITION, "Cannot use '%s' twice; name it once".formatted(item.name));
      }
    }

    return pairs;
  }

  /** All that each name is paired with, in order. */
  Map<String, List<String>> groups() {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    items.forEach(
        item -> groups.computeIfAbsent(item.name, n -> new ArrayList<>()).add(item.other));
    return groups;
  }

  /** Reads one. */
  static final class Converter implements ITypeConverter<NameList> {
    @Override
    public NameList convert(String text) {
      List<Item> items = new ArrayList<>();
      List<String> words = new ArrayList<>(List.of(""));
      boolean isQuoted = false;
      boolean isEmptyMeant = false;
      for (int at = 0; at < text.length(); at++) {
        char next = text.charAt(at);
        boolean isEscape =
            next == '"' && isQuoted && at + 1 < text.length() && text.charAt(at + 1) == '"';
        if (isEscape) {
          append(words, next);
          at++;
        } else if (next == '"') {
          isQuoted = !isQuoted;
          isEmptyMeant = words.size() == 2;
        } else if (next == ',' && !isQuoted) {
          items.add(item(text, words, isEmptyMeant));
          words = new ArrayList<>(List.of(""));
          isEmptyMeant = false;
        } else if (next == '=' && !isQuoted && words.size() == 1) {
          words.add("");
        } else {
          append(words, next);
        }
      }

      if (isQuoted) {
        throw new TypeConversionException("'" + text + "' has a quote that does not end");
      }

      items.add(item(text, words, isEmptyMeant));
      return new NameList(items);
    }

    private static void append(List<String> words, char next) {
      int last = words.size() - 1;
      words.set(last, words.get(last) + next);
    }

    private static Item item(String text, List<String> words, boolean isEmptyMeant) {
      boolean isEmpty = words.get(0).isEmpty() || words.get(words.size() - 1).isEmpty();
      if (isEmpty && !(isEmptyMeant && !words.get(0).isEmpty())) {
        throw new TypeConversionException(
            "'"
                + text
                + "' has an empty name or value; an empty value is two double quotes within it, COLUMN=\"\"");
      }

      return new Item(words.get(0), words.get(words.size() - 1));
    }
  }
}
