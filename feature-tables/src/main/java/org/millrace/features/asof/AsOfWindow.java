package org.millrace.features.asof;

import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.unix_micros;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.definition.FeatureViewDefinition.Boundary;
import org.millrace.features.spark.ColumnNames;

/**
 * The plan of an as-of join for views that share their spine key columns: spine and view rows in
 * one stream, by key and by the time they are asked for or become known; each spine row takes the
 * greatest view row that came before it.
 *
 * <p>That the greatest (event_timestamp, known_at, tie) of <i>all</i> known rows is enough holds
 * because the ttl bounds event_timestamp alone: where the greatest is too old, so is every other.
 *
 * <p>Columns of the stream: {@code key0...}, {@code time}, {@code side}, {@code spine} (a struct of
 * the spine's columns, null for a view's row) and {@code view0...} (a struct of times, tie and
 * carried values, null for all others).
 */
final class AsOfWindow {
  // The order of rows of one time: what an inclusive boundary lets see stands before the spine row.
  private static final int BEFORE_SPINE = 0;
  private static final int SPINE = 1;
  private static final int AFTER_SPINE = 2;

  private final String asOf;
  private final List<AsOfView> views;
  private final List<String> keys;

  AsOfWindow(String asOf, List<AsOfView> views) {
    this.asOf = asOf;
    this.views = views;
    this.keys = views.get(0).keys().values().stream().sorted().toList();
  }

  /** The rows with the carried columns behind theirs; bit n of a row's flags: view n matched. */
  Dataset<Row> join(Dataset<Row> spine, RowCounter counter) {
    List<Dataset<Row>> facts = views.stream().map(this::facts).toList();
    Dataset<Row> stream = spineSide(spine, facts);
    for (int i = 0; i < views.size(); i++) {
      stream = stream.union(viewSide(i, spine.schema(), facts));
    }

    Dataset<Row> matched =
        stream
            .withColumns(newestKnown())
            .filter(functions.col("side").equalTo(SPINE))
            .withColumns(withinTtl());
    return CountRows.in(matched, flags(), counter).select(enriched(spine.columns()));
  }

  /** Keys, the time of becoming known, and all the rest as one comparable struct. */
  private Dataset<Row> facts(AsOfView view) {
    Dataset<Row> rows = view.rows();
    Column event = ColumnNames.column(rows, view.eventTimestamp());
    Column known = ColumnNames.column(rows, view.knownAt());
    List<Column> fact = new ArrayList<>(List.of(event.as("event"), known.as("known")));
    view.tie().ifPresent(tie -> fact.add(ColumnNames.column(rows, tie).as("tie")));
    for (int i = 0; i < view.features().size(); i++) {
      fact.add(ColumnNames.column(rows, view.features().get(i)).as("value" + i));
    }

    Column usable = event.isNotNull().and(known.isNotNull());
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      Column key = ColumnNames.column(rows, viewColumn(view, keys.get(i)));
      usable = usable.and(key.isNotNull());
      columns.add(key.as("key" + i));
    }

    columns.add(greatest(event, known).as("time"));
    columns.add(struct(fact.toArray(Column[]::new)).as("fact"));
    return rows.filter(usable).select(columns.toArray(Column[]::new));
  }

  private static String viewColumn(AsOfView view, String spineColumn) {
    for (Map.Entry<String, String> key : view.keys().entrySet()) {
      if (key.getValue().equals(spineColumn)) {
        return key.getKey();
      }
    }

    throw new IllegalStateException("no key for " + spineColumn + " in " + view.name());
  }

  private Dataset<Row> spineSide(Dataset<Row> spine, List<Dataset<Row>> facts) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      columns.add(ColumnNames.column(spine, keys.get(i)).as("key" + i));
    }

    columns.add(ColumnNames.column(spine, asOf).as("time"));
    columns.add(lit(SPINE).as("side"));
    columns.add(struct(columnsOf(spine)).as("spine"));
    for (int i = 0; i < views.size(); i++) {
      columns.add(absent(factType(facts.get(i))).as("view" + i));
    }

    return spine.select(columns.toArray(Column[]::new));
  }

  private Dataset<Row> viewSide(int view, StructType spineSchema, List<Dataset<Row>> facts) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      columns.add(functions.col("key" + i));
    }

    boolean inclusive = views.get(view).boundary() == Boundary.INCLUSIVE;
    columns.add(functions.col("time"));
    columns.add(lit(inclusive ? BEFORE_SPINE : AFTER_SPINE).as("side"));
    columns.add(absent(spineSchema).as("spine"));
    for (int i = 0; i < views.size(); i++) {
      Column fact = i == view ? functions.col("fact") : absent(factType(facts.get(i)));
      columns.add(fact.as("view" + i));
    }

    return facts.get(view).select(columns.toArray(Column[]::new));
  }

  private Map<String, Column> newestKnown() {
    WindowSpec seen =
        Window.partitionBy(keyColumns())
            .orderBy(functions.col("time"), functions.col("side"))
            .rowsBetween(Window.unboundedPreceding(), Window.currentRow());
    Map<String, Column> newest = new LinkedHashMap<>();
    for (int i = 0; i < views.size(); i++) {
      newest.put("view" + i, max(functions.col("view" + i)).over(seen));
    }

    return newest;
  }

  /** In microseconds: an interval would count a day as 23 or 25 hours in some session time zone. */
  private Map<String, Column> withinTtl() {
    Map<String, Column> within = new LinkedHashMap<>();
    for (int i = 0; i < views.size(); i++) {
      Column fact = functions.col("view" + i);
      Column ageMicros =
          unix_micros(functions.col("time")).minus(unix_micros(fact.getField("event")));
      Optional<Long> ttl = views.get(i).ttlMicros();
      if (ttl.isPresent()) {
        within.put("view" + i, when(ageMicros.lt(ttl.get()), fact));
      }
    }

    return within;
  }

  private Column flags() {
    Column flags = lit(0L);
    for (int i = 0; i < views.size(); i++) {
      flags = flags.plus(when(functions.col("view" + i).isNotNull(), lit(1L << i)).otherwise(0L));
    }

    return flags;
  }

  private Column[] enriched(String[] spineColumns) {
    List<Column> columns = new ArrayList<>();
    for (String column : spineColumns) {
      columns.add(functions.col("spine").getField(column).as(column));
    }

    for (int i = 0; i < views.size(); i++) {
      AsOfView view = views.get(i);
      Column fact = functions.col("view" + i);
      for (int j = 0; j < view.features().size(); j++) {
        columns.add(fact.getField("value" + j).as(view.column(view.features().get(j))));
      }
      if (view.age() == AsOfView.Age.CARRIED) {
        columns.add(fact.getField("event").as(view.column(AsOfView.EVENT_TIMESTAMP)));
      }
    }

    return columns.toArray(Column[]::new);
  }

  private Column[] keyColumns() {
    Column[] columns = new Column[keys.size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = functions.col("key" + i);
    }

    return columns;
  }

  private static Column[] columnsOf(Dataset<Row> rows) {
    return List.of(rows.columns()).stream()
        .map(name -> ColumnNames.column(rows, name))
        .toArray(Column[]::new);
  }

  private static DataType factType(Dataset<Row> facts) {
    return facts.schema().apply("fact").dataType();
  }

  private static Column absent(DataType type) {
    return lit(null).cast(type);
  }
}
