package org.millrace.jobs.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.DefinitionLines;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.features.validation.ValidateRows;
import org.millrace.features.validation.ValidationRules;
import org.millrace.jobs.tables.DeclaredTypes;
import org.millrace.jobs.tables.FeatureTableColumns;
import org.millrace.jobs.tables.WindowConditions;

/** Holds what a view's SQL yields against what its definition says. Driver only; reads no row. */
final class ViewColumns {
  private static final String ROOM = "features";

  /** Times without a zone are of UTC, as everywhere. */
  private static final List<DataType> TIMES =
      List.of(DataTypes.TimestampType, DataTypes.TimestampNTZType, DataTypes.DateType);

  private final SparkSession spark;
  private final DefinitionLines lines;
  private final FeatureViewDefinition view;
  private final List<Finding> findings = new ArrayList<>();

  ViewColumns(SparkSession spark, DefinitionLines lines, FeatureViewDefinition view) {
    this.spark = spark;
    this.lines = lines;
    this.view = view;
  }

  List<Finding> check(StructType schema) {
    view.keys()
        .forEach(
            (key, type) ->
                column(schema, key, Optional.of(type), lines.of(ROOM, view.name(), "entity")));
    for (String time : List.of(FeatureTableColumns.EVENT_TIMESTAMP, FeatureTableColumns.KNOWN_AT)) {
      column(schema, time, Optional.of("timestamp"), lines.of(ROOM, view.name(), "sql"));
    }

    view.tie()
        .ifPresent(
            tie ->
                column(
                    schema,
                    tie,
                    Optional.empty(),
                    lines.of(ROOM, view.name(), view.isWindowed() ? "event-id" : "tie")));
    view.features()
        .forEach(
            (name, feature) ->
                column(
                    schema,
                    name,
                    Optional.of(feature.type()),
                    lines.ofEntry(ROOM, view.name(), "features", name)));
    conditions();
    rules();
    return findings;
  }

  private void column(StructType schema, String name, Optional<String> type, String place) {
    if (!Arrays.asList(schema.fieldNames()).contains(name)) {
      findings.add(Finding.missing(place, name, schema));
      return;
    }

    DataType found = schema.apply(name).dataType();
    Optional<DataType> wanted = type.map(DataType::fromDDL);
    if (wanted.filter(asked -> !fits(name, found, asked)).isPresent()) {
      findings.add(Finding.ofType(place, name, found, wanted.orElseThrow().sql()));
    }
  }

  /** What the feature table's own cast can make of it; a text is no time. */
  private static boolean fits(String name, DataType found, DataType asked) {
    boolean isTime =
        name.equals(FeatureTableColumns.EVENT_TIMESTAMP)
            || name.equals(FeatureTableColumns.KNOWN_AT);
    return isTime ? TIMES.contains(found) : DeclaredTypes.canBe(found, asked);
  }

  private void conditions() {
    try {
      WindowConditions.check(spark, view);
    } catch (MillraceException e) {
      findings.add(new Finding(lines.of(ROOM, view.name(), "aggregates"), text(e)));
    }
  }

  /** Rules are about the columns of the view's table. */
  private void rules() {
    StructType table = new StructType();
    for (var key : view.keys().entrySet()) {
      table = table.add(key.getKey(), DataType.fromDDL(key.getValue()));
    }

    table =
        table
            .add(FeatureTableColumns.EVENT_TIMESTAMP, DataTypes.TimestampType)
            .add(FeatureTableColumns.KNOWN_AT, DataTypes.TimestampType);
    for (var feature : view.features().entrySet()) {
      table = table.add(feature.getKey(), DataType.fromDDL(feature.getValue().type()));
    }

    if (view.tie().filter(tie -> !view.features().containsKey(tie)).isPresent()) {
      table = table.add(view.tie().get(), DataTypes.StringType);
    }

    try {
      ValidateRows.check(
          spark,
          ValidationRules.of(view, view.rules()),
          table.add(FeatureTableColumns.KNOWN_DATE, DataTypes.DateType));
    } catch (MillraceException e) {
      findings.add(new Finding(lines.file("validation/" + view.validation()), text(e)));
    }
  }

  private static String text(MillraceException failure) {
    return String.valueOf(failure.getMessage());
  }
}
