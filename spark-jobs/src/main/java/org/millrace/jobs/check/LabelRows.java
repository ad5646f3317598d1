package org.millrace.jobs.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.IntegralType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.definition.DefinitionLines;
import org.millrace.contracts.definition.LabelDefinition;
import org.millrace.features.asof.AsOfView;
import org.millrace.jobs.spine.LocalTimes;

/**
 * Holds what a label's SQL yields against what its definition says, and against the spine that it
 * is joined to. Driver only; reads no row.
 */
final class LabelRows {
  private static final String ROOM = "labels";

  private final DefinitionLines lines;
  private final LabelDefinition label;

  LabelRows(DefinitionLines lines, LabelDefinition label) {
    this.lines = lines;
    this.label = label;
  }

  List<Finding> check(StructType schema) {
    List<Finding> findings = new ArrayList<>();
    for (String key : label.keys()) {
      if (!has(schema, key)) {
        findings.add(Finding.missing(lines.of(ROOM, label.name(), "keys", key), key, schema));
      }
    }

    String ofLabel = lines.of(ROOM, label.name(), "label");
    if (!has(schema, label.name())) {
      findings.add(Finding.missing(ofLabel, label.name(), schema));
    } else if (!suits(schema.apply(label.name()).dataType())) {
      DataType type = schema.apply(label.name()).dataType();
      findings.add(Finding.ofType(ofLabel, label.name(), type, wanted()));
    }

    String ofSql = lines.of(ROOM, label.name(), "sql");
    if (!has(schema, AsOfView.KNOWN_AT)) {
      findings.add(Finding.missing(ofSql, AsOfView.KNOWN_AT, schema));
    } else if (!LocalTimes.isTime(schema.apply(AsOfView.KNOWN_AT).dataType())) {
      DataType type = schema.apply(AsOfView.KNOWN_AT).dataType();
      findings.add(Finding.ofType(ofSql, AsOfView.KNOWN_AT, type, "TIMESTAMP"));
    }

    return findings;
  }

  /** The keys of the two have the same types. */
  List<Finding> check(StructType schema, String spine, StructType asked) {
    List<Finding> findings = new ArrayList<>();
    for (String key : label.keys()) {
      if (has(schema, key)
          && has(asked, key)
          && !schema.apply(key).dataType().equals(asked.apply(key).dataType())) {
        findings.add(
            new Finding(
                lines.of(ROOM, label.name(), "keys", key),
                "'keys': '%s' is %s here and %s in spine '%s': cast it in one of them"
                    .formatted(
                        key,
                        schema.apply(key).dataType().sql(),
                        asked.apply(key).dataType().sql(),
                        spine)));
      }
    }

    return findings;
  }

  private static boolean has(StructType schema, String column) {
    return Arrays.asList(schema.fieldNames()).contains(column);
  }

  private boolean suits(DataType type) {
    return label.values() == LabelDefinition.Values.CLASS
        ? type instanceof StringType || type instanceof IntegralType
        : type instanceof NumericType || type instanceof BooleanType;
  }

  private String wanted() {
    return switch (label.values()) {
      case BINARY -> "a number, 0 or 1";
      case NUMBER -> "a number";
      case CLASS -> "a text or a whole number";
    };
  }
}
