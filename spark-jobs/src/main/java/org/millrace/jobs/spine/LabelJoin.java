package org.millrace.jobs.spine;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.to_utc_timestamp;
import static org.apache.spark.sql.functions.when;

import java.time.ZoneId;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.FeatureViewDefinition.Boundary;
import org.millrace.contracts.definition.LabelColumns;
import org.millrace.contracts.definition.LabelDefinition;
import org.millrace.features.asof.AsOfJoin;
import org.millrace.features.asof.AsOfView;
import org.millrace.features.spark.ColumnNames;

/**
 * The rule by which a spine's rows get their labels. A row of day D is judged when day D + horizon
 * has ended in the day zone: among the labels with its keys that are known before that instant the
 * one that became known last is its label, unless that was known when the row asks already. So a
 * row has the same label whenever it is looked at. A null key matches nothing.
 *
 * <p>Placement: driver only. What it returns is lazy, but for {@link #requireSound}.
 */
public final class LabelJoin {
  private static final String JUDGED_AT = "__millrace_judged_at";
  private static final String VIEW = "__millrace_label";

  private final LabelDefinition label;
  private final String day;
  private final ZoneId dayZone;
  private final boolean namesARow;

  /**
   * Prepares a join.
   *
   * @param day DATE column of the spine: the day of {@code as_of}
   * @param id columns that name a row of the spine
   * @param dayZone in which days begin and end
   */
  public LabelJoin(LabelDefinition label, String day, List<String> id, ZoneId dayZone) {
    this.label = requireNonNull(label, "label is null");
    this.day = requireNonNull(day, "day is null");
    this.dayZone = requireNonNull(dayZone, "dayZone is null");
    this.namesARow = label.keys().containsAll(id);
  }

  /**
   * The spine's rows, each once, with the two columns of the label; both are null for a row without
   * one.
   *
   * @param labels rows with the keys, the label and {@code known_at}
   */
  public Dataset<Row> join(Dataset<Row> rows, Dataset<Row> labels) {
    AsOfView view =
        AsOfView.of(VIEW, labels)
            .keys(label.keys().toArray(String[]::new))
            .times(AsOfView.KNOWN_AT, AsOfView.KNOWN_AT)
            .boundary(Boundary.EXCLUSIVE)
            .features(label.name())
            .withEventTimestamp()
            .build();
    Dataset<Row> asked = rows.withColumn(JUDGED_AT, judgedAt());
    Dataset<Row> joined = AsOfJoin.spine(asked, JUDGED_AT).with(view).apply();
    Column known = ColumnNames.column(view.column(AsOfView.EVENT_TIMESTAMP));
    Column isAnswer = known.gt(col(SpineFeatures.AS_OF));
    Column value = when(isAnswer, ColumnNames.column(view.column(label.name())));
    Column knownAt = when(isAnswer, known);
    if (label.absent().isPresent()) {
      Column isAbsent = isAbsent(known, isAnswer);
      value = when(isAbsent, lit(label.absent().get())).otherwise(value);
      knownAt = when(isAbsent, col(JUDGED_AT)).otherwise(knownAt);
    }

    LabelColumns columns = label.columns();
    return joined
        .withColumn(columns.label(), value.cast(type()))
        .withColumn(columns.knownAt(), knownAt)
        .drop(JUDGED_AT, view.column(label.name()), view.column(AsOfView.EVENT_TIMESTAMP));
  }

  /**
   * Whether no label came. An earlier one of the same keys is another event, such as the failure
   * before; but where the keys name the row, it is a wrong time, and the row has no label.
   */
  private Column isAbsent(Column known, Column isAnswer) {
    return namesARow ? known.isNull() : known.isNull().or(not(isAnswer));
  }

  /** The instant at which the day after the last one of the horizon begins. */
  private Column judgedAt() {
    Column after = date_add(ColumnNames.column(day), label.horizonDays() + 1);
    return to_utc_timestamp(after.cast(DataTypes.TimestampType), dayZone.getId());
  }

  /**
   * Refuses labels that are not such as the definition says, that no row can have, or of which it
   * is unknown which one counts; one Spark job.
   *
   * @throws MillraceException of category DATA_CONTRACT with their number
   */
  public void requireSound(Dataset<Row> labels) {
    Column value =
        ColumnNames.column(label.name())
            .cast(isClass() ? DataTypes.StringType : DataTypes.DoubleType);
    Column hasNoKey =
        label.keys().stream()
            .map(key -> ColumnNames.column(key).isNull())
            .reduce(Column::or)
            .orElseThrow();
    Column[] times =
        Stream.concat(label.keys().stream(), Stream.of(AsOfView.KNOWN_AT))
            .map(ColumnNames::column)
            .toArray(Column[]::new);
    Row found =
        labels
            .groupBy(times)
            .agg(
                count_if(value.isNull().or(not(isSound(value)))).as("wrong"),
                count_if(hasNoKey).as("without_key"),
                min(value).notEqual(max(value)).cast(DataTypes.LongType).as("differing"))
            .agg(sum("wrong"), sum("without_key"), sum("differing"))
            .head();
    refuse(found, 0, "rows are " + wrong() + " in '" + label.name() + "'");
    refuse(found, 1, "rows have a null in " + String.join(", ", label.keys()));
    refuse(
        found,
        2,
        "times rows of the same keys and known_at have "
            + (isBinary() ? "both 0 and 1" : "different labels"));
  }

  private String wrong() {
    return switch (label.values()) {
      case BINARY -> "neither 0 nor 1";
      case NUMBER -> "no finite number";
      case CLASS -> "null";
    };
  }

  private boolean isClass() {
    return label.values() == LabelDefinition.Values.CLASS;
  }

  private boolean isBinary() {
    return label.values() == LabelDefinition.Values.BINARY;
  }

  private DataType type() {
    return switch (label.values()) {
      case BINARY -> DataTypes.IntegerType;
      case NUMBER -> DataTypes.DoubleType;
      case CLASS -> DataTypes.StringType;
    };
  }

  private Column isSound(Column value) {
    return switch (label.values()) {
      case BINARY -> value.isin(0.0, 1.0);
      case NUMBER -> not(value.isNaN()).and(abs(value).lt(lit(Double.POSITIVE_INFINITY)));
      case CLASS -> lit(true); // which classes there are is the model's to say
    };
  }

  private void refuse(Row found, int at, String what) {
    if (!found.isNullAt(at) && found.getLong(at) > 0) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot use label %s: %,d %s; correct them in its source, or leave them out in its SQL"
              .formatted(label.name(), found.getLong(at), what));
    }
  }
}
