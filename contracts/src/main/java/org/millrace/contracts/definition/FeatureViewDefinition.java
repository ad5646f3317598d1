package org.millrace.contracts.definition;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.millrace.contracts.Digest;

/**
 * {@code conf/features/*.yaml}: a named group of features of one entity.
 *
 * @param name such as {@code origin_weather}; its table is {@code features.<name>}
 * @param description what a row is
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
 * @param hash SHA-256 of the definition file and of its rules
 */
public record FeatureViewDefinition(
    String name,
    String description,
    String entity,
    Map<String, String> keys,
    List<String> reads,
    int lookBackDays,
    String sql,
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
    String hash) {

  private static final Pattern TYPE =
      Pattern.compile(
          "(boolean|tinyint|byte|smallint|short|int|integer|bigint|long|float|real|double|string|date"
              + "|timestamp|timestamp_ntz|binary|decimal(\\([0-9]+ *, *-?[0-9]+\\))?"
              + "|(array|struct) *<.+>)");

  static final String DAILY_SUFFIX = "_daily";

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
  public record Feature(String type, String description) {}

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
            List.of(of.function().word(), column, type, of.parameter(), of.condition().orElse(""))
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
    return isWindowed()
        ? aggregates.values().stream()
            .flatMap(aggregate -> aggregate.of().windows().stream())
            .max(Comparator.naturalOrder())
        : ttl;
  }

  /** The same view with its rules in the hash, so that other rules judge its days anew. */
  FeatureViewDefinition withRules(Path directory) {
    Path rules = directory.resolve(validation);
    if (!Files.isRegularFile(rules)) {
      return this; // noted with the other errors
    }

    return new FeatureViewDefinition(
        name,
        description,
        entity,
        keys,
        reads,
        lookBackDays,
        sql,
        ttl,
        boundary,
        tie,
        features,
        aggregates,
        partialAggregates,
        validation,
        emptyDays,
        unansweredDays,
        volumeTimes,
        Digest.sha256(hash, Digest.sha256(rules)));
  }

  private static Optional<Duration> ttl(DefinitionNode node) {
    Optional<Duration> ttl = node.optionalDuration("ttl");
    if (ttl.isPresent() && (ttl.get().isNegative() || ttl.get().isZero())) {
      node.error("ttl", "'ttl': expected more than nothing, found " + ttl.get());
      return Optional.empty();
    }

    return ttl;
  }

  private static void checkType(DefinitionNode node, String type) {
    if (!type.isEmpty() && !TYPE.matcher(type.toLowerCase(Locale.ROOT)).matches()) {
      node.error(
          "type",
          "'type': expected a Spark SQL type such as double, bigint, string, timestamp or array<float>, found '"
              + type
              + "'");
    }
  }

  private static void checkWindowed(DefinitionNode node) {
    if (node.isEmpty("aggregates")) {
      node.error("aggregates", "'aggregates': expected at least one with of, type and description");
    }
    if (node.has("ttl")) {
      node.error(
          "ttl", "'ttl': a view with aggregates has none, each has its own window; leave it out");
    }
    if (node.has("tie")) {
      node.error(
          "tie",
          "'tie': a view with aggregates has none, all events of a window count; leave it out, or"
              + " name the events with event-id");
    }
  }

  private static void checkLookedUp(DefinitionNode node) {
    if (node.has("event-id")) {
      node.error(
          "event-id",
          "'event-id': only a view with aggregates has one; name what decides between rows with"
              + " tie");
    }
    if (node.has("partial-aggregates")) {
      node.error(
          "partial-aggregates",
          "'partial-aggregates': only a view with aggregates has any; leave it out");
    }
  }

  private void checkPartialAggregates(DefinitionNode node) {
    if (isKeptDaily()
        && isWindowed()
        && aggregates.values().stream().noneMatch(WindowedFeature::canBeKeptDaily)) {
      node.error(
          "partial-aggregates",
          "'partial-aggregates': no window is served by days: they serve count, sum, avg, stddev,"
              + " min, max and last over more than a day; leave it out");
    }
  }

  static FeatureViewDefinition read(DefinitionNode node, String hash) {
    Map<String, Feature> features = new LinkedHashMap<>();
    node.entries("features")
        .forEach(
            (name, child) -> {
              features.put(name, new Feature(child.string("type"), child.string("description")));
              checkType(child, features.get(name).type());
              child.done();
            });
    if (features.isEmpty() && !node.has("aggregates")) {
      node.error("features", "'features': expected at least one feature with type and description");
    }

    DefinitionNode entity = node.node("entity");
    Map<String, String> keys = entity.texts("keys");
    if (keys.isEmpty()) {
      node.error("entity", "'entity': expected a name and at least one key with its type");
    }

    Map<String, WindowedFeature> aggregates = WindowedFeature.read(node, keys, features);
    if (node.has("aggregates")) {
      checkWindowed(node);
    } else {
      checkLookedUp(node);
    }

    FeatureViewDefinition view =
        new FeatureViewDefinition(
            Names.word(node, "view"),
            node.string("description"),
            entity.string("name"),
            keys,
            node.strings("reads"),
            node.integer("look-back-days", 0, 0, 3_660),
            node.string("sql"),
            ttl(node),
            node.choice("boundary", Boundary.class, Boundary.INCLUSIVE),
            node.optionalString(node.has("aggregates") ? "event-id" : "tie"),
            features,
            aggregates,
            node.choice("partial-aggregates", PartialAggregates.class, PartialAggregates.NONE),
            Names.file(node, "validation"),
            node.choice("empty-days", EmptyDays.class, EmptyDays.FAIL),
            node.choice("unanswered-days", EmptyDays.class, EmptyDays.FAIL),
            SourceRules.volume(node),
            hash);
    view.checkPartialAggregates(node);
    entity.done();
    node.done();
    return view;
  }
}
