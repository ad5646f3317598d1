package org.millrace.jobs.tables;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.definition.FeatureViewDefinition;

/** Columns of a feature table. */
public final class FeatureTableColumns {
  /** When the fact was true. */
  public static final String EVENT_TIMESTAMP = "event_timestamp";

  /** When we could have known it. */
  public static final String KNOWN_AT = "known_at";

  /** The day on which the row can first be used; partition. */
  public static final String KNOWN_DATE = "known_date";

  private FeatureTableColumns() {}

  /**
   * The columns of a view's table in order: keys, times, tie, features, partition; each as its
   * declared type. A value that the type cannot hold ends the job with DATA_CONTRACT.
   *
   * @param schema of what the view's SQL yields
   */
  public static Column[] of(FeatureViewDefinition view, StructType schema) {
    DeclaredTypes types = new DeclaredTypes("view " + view.name(), schema);
    List<Column> columns = new ArrayList<>();
    view.keys().forEach((key, type) -> columns.add(types.column(key, type)));
    columns.add(col(EVENT_TIMESTAMP).cast("timestamp").as(EVENT_TIMESTAMP));
    columns.add(col(KNOWN_AT).cast("timestamp").as(KNOWN_AT));
    view.tie()
        .filter(tie -> !view.features().containsKey(tie) && !view.keys().containsKey(tie))
        .ifPresent(tie -> columns.add(col(tie)));
    view.features().forEach((name, feature) -> columns.add(types.column(name, feature.type())));
    columns.add(col(KNOWN_DATE));
    return columns.toArray(Column[]::new);
  }

  /** Comments of a feature table's columns. */
  public static Map<String, String> comments(FeatureViewDefinition view) {
    Map<String, String> comments = new LinkedHashMap<>();
    view.keys().keySet().forEach(key -> comments.put(key, "Key of " + view.entity()));
    comments.put(EVENT_TIMESTAMP, "When the fact was true, instant");
    comments.put(KNOWN_AT, "When it could have been known, instant");
    comments.put(KNOWN_DATE, "Local day from which the row can be used; partition");
    view.features().forEach((name, feature) -> comments.put(name, feature.description()));
    return comments;
  }
}
