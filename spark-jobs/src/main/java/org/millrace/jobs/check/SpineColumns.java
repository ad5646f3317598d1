package org.millrace.jobs.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.definition.DefinitionLines;
import org.millrace.contracts.definition.LabelColumns;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.jobs.spine.LocalTimes;
import org.millrace.jobs.spine.SpineFeatures;

/** Holds what a spine's SQL yields against what its definition says. Driver only; reads no row. */
final class SpineColumns {
  private static final String ROOM = "spines";

  private final DefinitionLines lines;
  private final SpineDefinition spine;
  private final List<Finding> findings = new ArrayList<>();

  SpineColumns(DefinitionLines lines, SpineDefinition spine) {
    this.lines = lines;
    this.spine = spine;
  }

  List<Finding> check(StructType schema) {
    Predicate<DataType> any = type -> true;
    spine
        .id()
        .forEach(name -> column(schema, name, any, "", lines.of(ROOM, spine.name(), "id", name)));
    column(
        schema,
        SpineFeatures.AS_OF,
        LocalTimes::isTime,
        "TIMESTAMP",
        lines.of(ROOM, spine.name(), "sql"));
    column(
        schema,
        spine.day(),
        DataTypes.DateType::equals,
        "DATE",
        lines.of(ROOM, spine.name(), "day"));
    spine
        .columns()
        .forEach(
            name -> column(schema, name, any, "", lines.of(ROOM, spine.name(), "columns", name)));
    spine.label().ifPresent(label -> label(schema, label));
    return findings;
  }

  private void label(StructType schema, LabelColumns label) {
    column(
        schema,
        label.label(),
        type -> type instanceof NumericType || type instanceof BooleanType,
        "a number, 0 or 1",
        lines.of(ROOM, spine.name(), "label"));
    column(
        schema,
        label.knownAt(),
        LocalTimes::isTime,
        "TIMESTAMP",
        lines.of(ROOM, spine.name(), "label-known-at"));
  }

  private void column(
      StructType schema, String name, Predicate<DataType> fits, String wanted, String place) {
    if (!Arrays.asList(schema.fieldNames()).contains(name)) {
      findings.add(Finding.missing(place, name, schema));
    } else if (!fits.test(schema.apply(name).dataType())) {
      findings.add(Finding.ofType(place, name, schema.apply(name).dataType(), wanted));
    }
  }
}
