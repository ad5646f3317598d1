package org.millrace.jobs.init;

import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import org.millrace.contracts.definition.JdbcTable;

/** Names that definitions may have, made from names that people give; and both as YAML and SQL. */
final class Words {
  private static final int LONGEST = 50;

  /** Columns that definitions and tables give a meaning to. */
  private static final Set<String> TAKEN =
      Set.of(
          "as_of",
          "score",
          "slice",
          "known_at",
          "event_timestamp",
          "known_date",
          "day_of_week",
          "hour_of_day");

  /** Words that SQL reads otherwise. */
  private static final Set<String> RESERVED =
      Set.of(
          ("all and anti any as asc at between both by case cast check collate column constraint"
                  + " create cross current_date current_time current_timestamp current_user date"
                  + " day desc distinct else end escape except exists false fetch filter for foreign"
                  + " from full grant group having hour in inner intersect interval into is join"
                  + " lateral leading left like limit minute minus month natural not null of offset"
                  + " on only or order outer overlaps primary references right second select semi"
                  + " session_user set some table then time timestamp to trailing true union unique"
                  + " unknown user using values week when where window with within year")
              .split(" "));

  private Words() {}

  /** {@code Loan ID} and {@code loanId} as {@code loan_id}; a word of lower case. */
  static String word(String name) {
    String word =
        name.strip()
            .replaceAll("([a-z0-9])([A-Z])", "$1_$2")
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "_")
            .replaceAll("^_+|_+$", "");
    String named = word.isEmpty() || !Character.isLetter(word.charAt(0)) ? "c_" + word : word;
    return named.length() > LONGEST ? named.substring(0, LONGEST) : named;
  }

  /** The same for a column, apart from those that are there. */
  static String column(String name, Collection<String> others) {
    String word = word(name);
    boolean isTaken = TAKEN.contains(word) || RESERVED.contains(word);
    return free(isTaken ? word + "_value" : word, others);
  }

  /** The word, or the word with the first number that nothing else has. */
  static String free(String word, Collection<String> others) {
    String free = word;
    for (int i = 2; others.contains(free); i++) {
      free = word + "_" + i;
    }

    return free;
  }

  /**
   * The table of some files: {@code loans} of {@code data/loans/*.csv} and of {@code loans.csv}.
   */
  static String table(String location) {
    String[] parts =
        JdbcTable.parse(location)
            .map(of -> new String[] {of.table().replaceFirst(".*\\.", "")})
            .orElseGet(() -> location.replaceAll("/+$", "").split("/"));
    for (int i = parts.length - 1; i >= 0; i--) {
      String name =
          parts[i].replaceFirst(
              "(\\.(csv|tsv|json|jsonl|ndjson|parquet|orc|avro))?(\\.(gz|bz2))?$", "");
      if (!name.isEmpty() && name.chars().noneMatch(c -> "*?[{".indexOf(c) >= 0)) {
        String word = word(name);
        return RESERVED.contains(word) ? word + "_rows" : word;
      }
    }

    return "rows";
  }

  /** A text as YAML reads it back. */
  static String yaml(String text) {
    return text.matches("[A-Za-z_][A-Za-z0-9_./ -]*[A-Za-z0-9_.]|[A-Za-z_]")
            && !text.matches("(?i)true|false|null|yes|no|on|off|y|n|~")
        ? text
        : "'" + text.replace("'", "''") + "'";
  }

  /** A column as SQL reads it. */
  static String sql(String column) {
    boolean isPlain = column.matches("[A-Za-z_][A-Za-z0-9_]*");
    return isPlain && !RESERVED.contains(column.toLowerCase(Locale.ROOT))
        ? column
        : "`" + column.replace("`", "``") + "`";
  }

  /** A text as SQL reads it. */
  static String literal(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
