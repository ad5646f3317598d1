package org.millrace.features.window;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.millrace.features.spark.ColumnNames;
import org.millrace.features.window.PartialSource.Part;

/**
 * Rows of partial aggregates in the columns of events. Sums, least and greatest values are further
 * columns, null in events, so that one row holds all of a day; last values are rows of their own,
 * as there are several, and so are least and greatest texts, which are told apart by their order
 * among all texts of the events' column. Driver only.
 */
final class PartialRows {
  private static final int WHOLE_ROW = 0; // its marker
  private static final String ONE = "one"; // of a list
  private static final Times FIRST_AND_LAST =
      new Times(col(DailyPartials.FIRST_EVENT), col(DailyPartials.LAST_KNOWN));

  private final EventWindows view;
  private final Dataset<Row> kept;
  private final Map<String, Integer> columns = new LinkedHashMap<>(); // of parts, to values
  private final Map<String, OwnRows> ownRows = new LinkedHashMap<>();

  /** Columns of the two times of a row. */
  private record Times(Column event, Column known) {}

  /** A part whose rows are its own. */
  private record OwnRows(String name, boolean isList, int marker, int value) {}

  /**
   * The rows of a view.
   *
   * @param kept as {@link DailyPartials#compute} gave them
   */
  PartialRows(EventWindows view, Dataset<Row> kept) {
    this.view = view;
    this.kept = kept;
  }

  /** Where the rows of a part have it; what is not read yet is added. */
  Output.Stored stored(PartialSource source, Part part, EventColumns read) {
    DataType type = PartialQuery.type(view, source);
    String name = requireKept(source.name(part));
    boolean isText = type.equals(DataTypes.StringType);
    if (part == Part.LAST || (isText && part != Part.SUMS)) {
      int value = read.value(source.column().orElseThrow());
      ownRows.put(name, new OwnRows(name, part == Part.LAST, source.marker(part), value));
      return new Output.Stored(source.marker(part), value, false);
    }

    boolean isSums = part == Part.SUMS;
    DataType held = isSums ? DataTypes.BinaryType : type;
    Integer known = columns.get(name);
    int value = known != null ? known : read.add(lit(null).cast(held));
    columns.put(name, value);
    return new Output.Stored(WHOLE_ROW, value, isSums);
  }

  private String requireKept(String name) {
    if (List.of(kept.columns()).contains(name)) {
      return name;
    }

    throw Aggregate.definition(
        view.name()
            + " from daily partial aggregates: they have no column '"
            + name
            + "', only "
            + String.join(", ", kept.columns())
            + "; compute them anew from the view as it is now");
  }

  /**
   * The rows as events: keys, event time, known time where it is another column, values.
   *
   * @param types of the values
   * @param first event day
   * @param end behind the last known day
   */
  List<Dataset<Row>> asEvents(List<DataType> types, LocalDate first, LocalDate end) {
    Dataset<Row> days =
        kept.where(
            col(DailyPartials.KNOWN_DATE)
                .lt(lit(end))
                // not before the event, but for a date that comes back with the clocks
                .and(col(DailyPartials.KNOWN_DATE).geq(lit(first.minusDays(1))))
                .and(col(DailyPartials.EVENT_DATE).geq(lit(first))));
    List<Dataset<Row>> all = new ArrayList<>();
    if (!columns.isEmpty()) {
      Map<Integer, Column> values = new HashMap<>();
      columns.forEach((name, value) -> values.put(value, ColumnNames.column(name)));
      all.add(events(days, types, WHOLE_ROW, FIRST_AND_LAST, values));
    }

    ownRows.values().forEach(own -> all.add(events(days, types, own)));
    return all;
  }

  private Dataset<Row> events(Dataset<Row> days, List<DataType> types, OwnRows own) {
    Column part = ColumnNames.column(own.name());
    if (!own.isList()) {
      Map<Integer, Column> values = Map.of(own.value(), part);
      return events(days.where(part.isNotNull()), types, own.marker(), FIRST_AND_LAST, values);
    }

    Dataset<Row> each = days.withColumn(ONE, functions.explode(part));
    Column one = col(ONE);
    return events(
        each,
        types,
        own.marker(),
        new Times(one.getField("event"), one.getField("known")),
        Map.of(own.value(), one.getField("value")));
  }

  private Dataset<Row> events(
      Dataset<Row> rows,
      List<DataType> types,
      int marker,
      Times times,
      Map<Integer, Column> given) {
    List<Column> selected = new ArrayList<>();
    view.keys().keySet().forEach(key -> selected.add(ColumnNames.column(key)));
    selected.add(times.event());
    if (!view.knownAt().equals(view.eventTimestamp())) {
      selected.add(times.known());
    }

    Map<Integer, Column> values = new HashMap<>(given);
    values.put(Series.MARKER, lit(marker));
    values.put(Series.DAY, functions.unix_date(col(DailyPartials.EVENT_DATE)));
    for (int i = 0; i < types.size(); i++) {
      selected.add(values.getOrDefault(i, lit(null)).cast(types.get(i)));
    }

    return rows.select(selected.toArray(Column[]::new));
  }
}
