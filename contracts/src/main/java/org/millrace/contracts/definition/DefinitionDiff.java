package org.millrace.contracts.definition;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What differs between two contents of one definition, and what that means. Pure.
 *
 * @param key of the definition
 * @param before what it meant
 * @param now what it means
 */
public record DefinitionDiff(DefinitionKey key, DefinitionContent before, DefinitionContent now) {
  private static final int LONGEST_VALUE = 60;

  /** Checks that all is present. */
  public DefinitionDiff {
    requireNonNull(key, "key is null");
    requireNonNull(before, "before is null");
    requireNonNull(now, "now is null");
  }

  /** What it means. */
  public ChangeCategory category() {
    // of a rollout the lake keeps what was decided: nothing is made by its definition
    if (before.data().equals(now.data()) || key.kind() == DefinitionKind.ROLLOUT) {
      return ChangeCategory.METADATA_ONLY;
    }

    boolean isLess =
        switch (key.kind()) {
          case SOURCE -> isAdditiveSource();
          case VIEW -> isAdditiveView();
          case TRAINING -> sections(TrainingDefinition.TRAINING_SET);
          case GATE -> sections(Set.of("days"));
          case SPINE, LABEL, SCORING, MONITORING, ROLLOUT -> false;
        };
    if (!isLess) {
      return ChangeCategory.BREAKING;
    }

    return key.kind() == DefinitionKind.SOURCE || key.kind() == DefinitionKind.VIEW
        ? ChangeCategory.ADDITIVE
        : ChangeCategory.TRAINER_ONLY;
  }

  private boolean sections(Set<String> same) {
    return before.dataHash(same).equals(now.dataHash(same));
  }

  /** A reader of all columns that there were reads the same. */
  private boolean isAdditiveView() {
    ViewReading all = new ViewReading(key, ViewReading.features(before));
    return all.hash(before).equals(all.hash(now))
        && sections(Set.of("ttl", "boundary"))
        && now.data().entrySet().containsAll(aggregates(before).entrySet());
  }

  private static NavigableMap<String, String> aggregates(DefinitionContent content) {
    return content.data().subMap("aggregates.", true, "aggregates/", false); // '/' follows '.'
  }

  private boolean isAdditiveSource() {
    CanonicalQuery then = new CanonicalQuery(before.data().getOrDefault("sql", ""));
    CanonicalQuery today = new CanonicalQuery(now.data().getOrDefault("sql", ""));
    Optional<Set<String>> columns = then.columns();
    return sections(Set.of("inputs", "day", "keys", "null-days", "infinities"))
        && columns.isPresent()
        && today.columns().filter(given -> given.containsAll(columns.get())).isPresent()
        && then.giving(columns.get()).equals(today.giving(columns.get()));
  }

  /** One line for each value that differs: {@code + features.gust.type: double}. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    add(before.data(), now.data(), lines);
    add(before.metadata(), now.metadata(), lines);
    return lines;
  }

  /** Where values differ. */
  public Set<String> paths() {
    Set<String> paths = new TreeSet<>(differing(before.data(), now.data()));
    paths.addAll(differing(before.metadata(), now.metadata()));
    return paths;
  }

  private static Set<String> differing(
      NavigableMap<String, String> before, NavigableMap<String, String> now) {
    Set<String> paths = new TreeSet<>(before.keySet());
    paths.addAll(now.keySet());
    paths.removeIf(path -> Objects.equals(before.get(path), now.get(path)));
    return paths;
  }

  private static void add(
      NavigableMap<String, String> before, NavigableMap<String, String> now, List<String> lines) {
    for (String path : differing(before, now)) {
      String then = before.get(path);
      String today = now.get(path);
      if (then == null) {
        lines.add("+ " + path + ": " + shortened(String.valueOf(today)));
      } else if (today == null) {
        lines.add("- " + path + ": " + shortened(then));
      } else {
        lines.add("~ " + path + ": " + difference(then, today));
      }
    }
  }

  /** Without the words that both begin or end with. */
  private static String difference(String then, String today) {
    String[] before = then.split(" ");
    String[] now = today.split(" ");
    int most = Math.min(before.length, now.length);
    int first = 0;
    while (first < most && before[first].equals(now[first])) {
      first++;
    }

    int last = 0;
    while (last < most - first
        && before[before.length - 1 - last].equals(now[now.length - 1 - last])) {
      last++;
    }

    String gone = words(before, first, before.length - last);
    String come = words(now, first, now.length - last);
    if (gone.isEmpty() || come.isEmpty()) {
      return gone.isEmpty() ? "with " + come : "without " + gone;
    }

    return gone + " -> " + come;
  }

  private static String words(String[] words, int from, int to) {
    return shortened(String.join(" ", List.of(words).subList(from, to)));
  }

  private static String shortened(String value) {
    String plain = value.replace("`", "");
    return plain.length() <= LONGEST_VALUE ? plain : plain.substring(0, LONGEST_VALUE - 3) + "...";
  }
}
