package org.millrace.contracts.definition;

import java.util.Locale;
import java.util.regex.Pattern;

/** Types of columns as definitions write them: those of Spark SQL. */
final class ColumnTypes {
  private static final Pattern TYPE =
      Pattern.compile(
          "(boolean|tinyint|byte|smallint|short|int|integer|bigint|long|float|real|double|string|date"
              + "|timestamp|timestamp_ntz|binary|decimal(\\([0-9]+ *, *-?[0-9]+\\))?"
              + "|(array|struct) *<.+>)");

  private ColumnTypes() {}

  /** Notes an error where the text under a key is no type. */
  static void check(DefinitionNode node, String key, String type) {
    if (!type.isEmpty() && !TYPE.matcher(type.toLowerCase(Locale.ROOT)).matches()) {
      node.error(
          key,
          "'"
              + key
              + "': expected a Spark SQL type such as double, bigint, string, timestamp or array<float>, found '"
              + type
              + "'");
    }
  }
}
