package org.millrace.contracts.files;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.definition.FeatureViewDefinition.Boundary;

/**
 * An as-of join of two inputs, each a table's name, or a path or pattern of files or of a Delta
 * table. The output has all columns of the spine, then the view's features by their names.
 *
 * @param spine rows to enrich
 * @param asOf time column of the spine: the moment each row asks from
 * @param view rows to look up
 * @param keys view column to spine column, at least one
 * @param eventTime time column of the view: when the fact was true
 * @param knownAt time column of the view: when the fact could have been known; empty for {@code
 *     eventTime}
 * @param ttl look-back limit; empty for none
 * @param boundary whether a fact known exactly at the as-of time counts
 * @param tie column that decides between facts of equal times; empty for none
 * @param features columns to look up; empty for all that are neither key nor time nor tie
 * @param aggregates what is computed of the view's rows, as events in windows, in place of looking
 *     up the newest: {@code avg(dep_delay) over 3h, 7d}; empty for none
 * @param prefix put before the features' names
 * @param output where the rows go
 */
public record AsOfRequest(
    String spine,
    String asOf,
    String view,
    Map<String, String> keys,
    String eventTime,
    Optional<String> knownAt,
    Optional<Duration> ttl,
    Boundary boundary,
    Optional<String> tie,
    List<String> features,
    List<String> aggregates,
    String prefix,
    OutputRequest output) {
  /** Copies the collections, in their order. */
  public AsOfRequest {
    requireNonNull(boundary, "boundary is null");
    requireNonNull(output, "output is null");
    keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
    features = List.copyOf(features);
    aggregates = List.copyOf(aggregates);
  }
}
