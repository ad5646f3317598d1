package org.millrace.contracts.definition;

import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code conf/features/*.yaml}: a named group of features of one entity.
 *
 * @param name such as {@code origin_weather}; its table is {@code features.<name>}
 * @param metadata what a row is
 * @param entity what is described, such as {@code origin_airport}
 * @param keys join keys: column and Spark SQL type, in order
 * @param reads tables that the SQL reads, by qualified name
 * @param lookBackDays how many days before the wanted ones the SQL needs of its inputs
 * @param sql rows with the keys, {@code event_timestamp}, {@code known_at}, the features and, where
 *     needed, the tie column; may use {@code :from} and {@code :to} (TIMESTAMP bounds of the wanted
 *     known days, the end excluded)
 * @param ttl look-back limit relative to each spine row; empty for none
 * @param boundary whether a row known exactly at {@code as_of} counts
 * @param tie column that tells rows of equal keys and times apart, and decides between them where
 *     the newest is looked up; of events, the one that names them; empty where there is none
 * @param features columns of the rows, in order
 * @param aggregates what a model sees of a view whose rows are events: by column, in order; empty
 *     where it sees the features of the newest row
 * @param partialAggregates what is kept of the events of whole days, so that long windows need not
 *     read them again; only beside aggregates
 * @param validation name of the DQDL file of the rules in {@code conf/validation}
 * @param emptyDays whether a day without rows is allowed
 * @param unansweredDays whether a day may be scored for none of whose rows the view has an answer
 * @param volumeTimes a day of this many times its usual rows or more is refused, more than 1; empty
 *     for none
 * @param rules DQDL rules, as the file {@code validation} has them; empty where it cannot be read,
 *     which is an error of the definition
 */
public record FeatureViewDefinition(
    String name,
    DefinitionMetadata metadata,
    String entity,
    Map<String, String> keys,
    List<String> reads,
    int lookBackDays,
    SqlText sql,
    Optional<Duration> ttl,
    Boundary boundary,
    Optional<String> tie,
    Map<String, Feature> features,
    Map<String, WindowedFeature> aggregates,
    PartialAggregates partialAggregates,
    String validation,
    EmptyDays emptyDays,
    EmptyDays unansweredDays,
    Optional<Double> volumeTimes,
    String rules) {

  static final String DAILY_SUFFIX = "_daily";

  private static final String AGGREGATES = "aggregates.";

  private static final Set<String> TABLE =
      Set.of(
          "keys",
          "reads",
          "look-back-days",
          "sql",
          "tie",
          "event-id",
          "features",
          "rules",
          "empty-days",
          "volume");

  // partial aggregates change no answer
  private static final Set<String> LOOKUP =
      Set.of("ttl", "boundary", "tie", "event-id", "aggregates");

  /** What is kept of the events of whole days. */
  public enum PartialAggregates {
    NONE,
    DAILY
  }

  /** Whether a fact known exactly at the as-of time counts. */
  public enum Boundary {
    INCLUSIVE,
    EXCLUSIVE
  }

  /**
   * One feature.
   *
   * @param type Spark SQL type, such as {@code double}
   * @param description what it means, with its unit
   */
  public record Feature(String type, String description) {
    private void addTo(ContentBuilder content, String path) {
      content
          .data(path + ".type", AggregateFunction.plain(type))
          .metadata(path + ".description", description);
    }
  }

  /** {@code features.origin_weather}. */
  public String table() {
    return "features." + name;
  }

  /** {@code features.route_lateness_daily}: the table of partial aggregates. */
  public String dailyTable() {
    return table() + DAILY_SUFFIX;
  }

  /** Whether partial aggregates of whole days are kept. */
  public boolean isKeptDaily() {
    return partialAggregates == PartialAggregates.DAILY;
  }

  /** What is kept of a day's events, in words: for each function of a column, its type. */
  public Set<String> keptDaily() {
    Set<String> kept = new TreeSet<>();
    for (WindowedFeature aggregate : aggregates.values()) {
      AggregateText of = aggregate.of();
      if (aggregate.canBeKeptDaily()) {
        String column = of.column().orElse("");
        Feature feature = features.get(column);
        String type = feature != null ? feature.type() : keys.getOrDefault(column, "");
        kept.add(
            List.of(
                    of.function().word(),
                    column,
                    type,
                    of.parameter(),
                    aggregate.condition().map(SqlText::canonical).orElse(""))
                .toString());
      }
    }

    return kept;
  }

  /** Whether its rows are events, of which a model sees aggregates in windows. */
  public boolean isWindowed() {
    return !aggregates.isEmpty();
  }

  /** What a model sees of the view, by name, in order. */
  public Map<String, Feature> outputs() {
    if (!isWindowed()) {
      return features;
    }

    Map<String, Feature> outputs = new LinkedHashMap<>();
    aggregates.forEach((column, aggregate) -> outputs.put(column, aggregate.feature()));
    return outputs;
  }

  /** The column of an output beside a spine: {@code <view>__<output>}. */
  public String column(String output) {
    return name + "__" + output;
  }

  /**
   * How old a row's event can be, at most, for a spine row to see it: the ttl, or the longest
   * window; empty where there is no limit.
   */
  public Optional<Duration> reach() {
    return reach(aggregates.keySet());
  }

  /**
   * The same for some of its outputs, by name; that of all if it has none of them, as a window must
   * be looked into to tell whether there is a row.
   */
  public Optional<Duration> reach(Set<String> asked) {
    if (!isWindowed()) {
      return ttl;
    }

    return aggregates.entrySet().stream()
        .filter(aggregate -> asked.contains(aggregate.getKey()))
        .flatMap(aggregate -> aggregate.getValue().of().windows().stream())
        .max(Comparator.naturalOrder())
        .or(() -> asked.equals(aggregates.keySet()) ? Optional.empty() : reach());
  }

  /** What it means. */
  public DefinitionContent content() {
    ContentBuilder content =
        new ContentBuilder()
            .data("keys", plainKeys())
            .data("reads", reads.stream().sorted().toList())
            .data("look-back-days", lookBackDays, 0)
            .data("sql", sql)
            .data("ttl", ttl)
            .data("boundary", boundary, Boundary.INCLUSIVE)
            .data(isWindowed() ? "event-id" : "tie", tie)
            .data("partial-aggregates", partialAggregates, PartialAggregates.NONE)
            .data("rules", RulesText.canonical(rules))
            .data("empty-days", emptyDays, EmptyDays.FAIL)
            .data("volume", SourceRules.word(volumeTimes), SourceRules.DEFAULT_VOLUME)
            .metadata(metadata)
            .metadata("entity", entity)
            .metadata("unanswered-days", unansweredDays, EmptyDays.FAIL);
    features.forEach((name, feature) -> feature.addTo(content, "features." + name));
    aggregates.forEach(
        (name, aggregate) -> {
          content.data(AGGREGATES + name + ".of", aggregate.canonical());
          aggregate.feature().addTo(content, AGGREGATES + name);
        });
    return content.build();
  }

  private Map<String, String> plainKeys() {
    Map<String, String> plain = new LinkedHashMap<>();
    keys.forEach((key, type) -> plain.put(key, AggregateFunction.plain(type)));
    return plain;
  }

  /** SHA-256 of what the rows of its table come from, but for the tables that it reads. */
  public String hash() {
    return content().dataHash(TABLE);
  }

  /** SHA-256 of what a spine row finds in its table: another one leaves the table as it is. */
  public String lookupHash() {
    return content().dataHash(LOOKUP);
  }

  /** The same, where only some of its outputs are asked for; by name. */
  public String lookupHash(Set<String> asked) {
    return content().withoutData(path -> isOfOther(path, asked)).dataHash(LOOKUP);
  }

  private boolean isOfOther(String path, Set<String> asked) {
    return path.startsWith(AGGREGATES)
        && !asked.contains(path.substring(AGGREGATES.length(), path.lastIndexOf('.')));
  }
}
