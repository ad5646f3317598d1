package org.millrace.features.asof;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.FeatureViewDefinition.Boundary;

/**
 * A view as one side of an as-of join. Driver only.
 *
 * <p>The rule: for a spine row, among the view's rows with the same keys, those count whose {@code
 * max(event_timestamp, known_at)} is at or before {@code as_of} (before it, where the boundary is
 * exclusive) and whose {@code event_timestamp} is after {@code as_of - ttl}. The greatest ({@code
 * event_timestamp}, {@code known_at}, tie) wins, whole: no value is taken from another row. Rows
 * that are equal in all three are ordered by their features, in the order given, so that the result
 * never depends on the order of files; a null tie or feature is the smallest.
 *
 * <p>A null key matches nothing, on either side. A row without {@code event_timestamp} or {@code
 * known_at} never counts. A spine row without {@code as_of} matches nothing.
 *
 * <p>Output columns are {@code <view>__<feature>} and, where asked for, {@code
 * <view>__event_timestamp}: two views never clash.
 *
 * @param name a word that names the view and prefixes its columns
 * @param rows the view's rows; only the columns named here are read
 * @param keys view column to spine column, at least one; both of one and the same atomic type
 * @param eventTimestamp TIMESTAMP column: when the fact was true
 * @param knownAt TIMESTAMP column: when the fact could have been known
 * @param ttl look-back limit relative to each spine row, in whole microseconds; empty for none
 * @param boundary whether a row known exactly at {@code as_of} counts
 * @param tie column that decides between rows of equal times; empty where the times are unique
 * @param features columns to carry, of types that have an order (no map)
 * @param age whether {@code <view>__event_timestamp} is carried too
 */
public record AsOfView(
    String name,
    Dataset<Row> rows,
    Map<String, String> keys,
    String eventTimestamp,
    String knownAt,
    Optional<Duration> ttl,
    Boundary boundary,
    Optional<String> tie,
    List<String> features,
    Age age) {

  /** The column of the time a fact was true, unless the builder says otherwise. */
  public static final String EVENT_TIMESTAMP = "event_timestamp";

  /** The column of the time a fact became known, unless the builder says otherwise. */
  public static final String KNOWN_AT = "known_at";

  /** Whether the time of the matched fact is carried, so that its age can be a feature. */
  public enum Age {
    OMITTED,
    CARRIED
  }

  /** Checks what can be checked without the spine. Throws DEFINITION. */
  public AsOfView {
    requireNonNull(rows, "rows is null");
    requireNonNull(eventTimestamp, "eventTimestamp is null");
    requireNonNull(knownAt, "knownAt is null");
    requireNonNull(boundary, "boundary is null");
    requireNonNull(tie, "tie is null");
    requireNonNull(age, "age is null");
    keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys)); // Map.copyOf loses the order
    features = List.copyOf(features);
    if (name.isBlank()) {
      throw definition("a view", "its name is blank; give a word");
    }
    if (keys.isEmpty()) {
      throw definition(name, "it has no key; name at least one");
    }
    if (features.isEmpty() && age == Age.OMITTED) {
      throw definition(name, "it carries no column; name at least one feature");
    }
    ttl.ifPresent(limit -> checkTtl(name, limit));
  }

  /**
   * Starts a view with the usual names of the two time columns, an inclusive boundary, no ttl, no
   * tie column.
   */
  public static Builder of(String name, Dataset<Row> rows) {
    return new Builder(name, rows);
  }

  /** The view of a definition: its keys by the same name in the spine, all its features. */
  public static AsOfView of(FeatureViewDefinition definition, Dataset<Row> rows) {
    Builder builder =
        of(definition.name(), rows)
            .keys(definition.keys().keySet().toArray(String[]::new))
            .boundary(definition.boundary())
            .features(List.copyOf(definition.features().keySet()));
    definition.ttl().ifPresent(builder::ttl);
    definition.tie().ifPresent(builder::tie);
    return builder.build();
  }

  /** The output column of a feature, {@code <view>__<feature>}. */
  public String column(String feature) {
    return name + "__" + feature;
  }

  /** The output columns, in order. */
  public List<String> columns() {
    List<String> columns = new ArrayList<>(features.stream().map(this::column).toList());
    if (age == Age.CARRIED) {
      columns.add(column(EVENT_TIMESTAMP));
    }

    return List.copyOf(columns);
  }

  /** The look-back limit in microseconds; empty for none. */
  Optional<Long> ttlMicros() {
    return ttl.map(limit -> ChronoUnit.MICROS.between(Instant.EPOCH, Instant.EPOCH.plus(limit)));
  }

  private static void checkTtl(String view, Duration ttl) {
    if (ttl.isNegative() || ttl.isZero() || ttl.toNanosPart() % 1000 != 0) {
      throw definition(
          view, "ttl " + ttl + " is not a positive number of whole microseconds; correct it");
    }
    if (ttl.compareTo(Duration.ofDays(3_660_000)) > 0) {
      throw definition(view, "ttl " + ttl + " is over 10,000 years; leave it out for no limit");
    }
  }

  static MillraceException definition(String view, String problem) {
    return new MillraceException(
        ErrorCategory.DEFINITION, "Cannot join view " + view + ": " + problem);
  }

  /** Collects the parts of a view; not thread-safe. */
  public static final class Builder {
    private final String name;
    private final Dataset<Row> rows;
    private final Map<String, String> keys = new LinkedHashMap<>();
    private final List<String> features = new ArrayList<>();
    private String eventTimestamp = EVENT_TIMESTAMP;
    private String knownAt = KNOWN_AT;
    private Optional<Duration> ttl = Optional.empty();
    private Boundary boundary = Boundary.INCLUSIVE;
    private Optional<String> tie = Optional.empty();
    private Age age = Age.OMITTED;

    private Builder(String name, Dataset<Row> rows) {
      this.name = requireNonNull(name, "name is null");
      this.rows = requireNonNull(rows, "rows is null");
    }

    /** Keys that have the same name in the view and in the spine. */
    public Builder keys(String... columns) {
      for (String column : columns) {
        key(column, column);
      }

      return this;
    }

    /** A key that has another name in the spine. */
    public Builder key(String viewColumn, String spineColumn) {
      keys.put(viewColumn, spineColumn);
      return this;
    }

    /** The two time columns, both TIMESTAMP. */
    public Builder times(String eventTimestampColumn, String knownAtColumn) {
      eventTimestamp = eventTimestampColumn;
      knownAt = knownAtColumn;
      return this;
    }

    /** Look-back limit: a fact as old as this, or older, does not count. */
    public Builder ttl(Duration limit) {
      ttl = Optional.of(limit);
      return this;
    }

    /** Whether a fact known exactly at the as-of time counts. */
    public Builder boundary(Boundary value) {
      boundary = value;
      return this;
    }

    /** The column that decides between rows of equal times; the greater wins. */
    public Builder tie(String column) {
      tie = Optional.of(column);
      return this;
    }

    /** Adds columns to carry. */
    public Builder features(String... columns) {
      return features(List.of(columns));
    }

    /** Adds columns to carry. */
    public Builder features(List<String> columns) {
      features.addAll(columns);
      return this;
    }

    /** Carries {@code <view>__event_timestamp} too. */
    public Builder withEventTimestamp() {
      age = Age.CARRIED;
      return this;
    }

    /** The view; throws DEFINITION where a part is missing or wrong. */
    public AsOfView build() {
      return new AsOfView(
          name, rows, keys, eventTimestamp, knownAt, ttl, boundary, tie, features, age);
    }
  }
}
