package org.millrace.jobs.files;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.AtomicType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.input.WiderType;
import org.millrace.features.spark.ColumnNames;

/**
 * Brings the keys of two inputs to one type, where that loses nothing: INT and BIGINT meet as
 * BIGINT; a name of a directory meets a number only if all such names are written as that number
 * is; what was read as a number from a text meets texts as it was written. Driver only.
 *
 * @param spine rows to ask for, with its columns as they were
 * @param asked the spine's rows, with further columns for keys of another type
 * @param view rows to look up
 * @param keys view column to column of {@code asked}
 */
record AlignedKeys(
    InputTable spine, Dataset<Row> asked, InputTable view, Map<String, String> keys) {
  private static final String KEY = "__millrace_key";

  /** Copies the map, in its order. */
  AlignedKeys {
    keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
  }

  /**
   * Aligns them. Keys that a table lacks are left for the join to tell.
   *
   * @param keys view column to spine column
   * @throws MillraceException DEFINITION where two types have no common one
   */
  static AlignedKeys of(
      SparkSession spark, InputTable spine, InputTable view, Map<String, String> keys) {
    InputTable asked = asTexts(spark, spine, view, keys, true);
    InputTable facts = asTexts(spark, view, spine, keys, false);
    Dataset<Row> spineRows = asked.rows();
    Dataset<Row> viewRows = facts.rows();
    Map<String, String> aligned = new LinkedHashMap<>();
    for (Map.Entry<String, String> key : keys.entrySet()) {
      Optional<DataType> one = type(asked, key.getValue());
      Optional<DataType> other = type(facts, key.getKey());
      String column = key.getValue();
      if (one.isPresent() && other.isPresent() && !one.get().equals(other.get())) {
        DataType common = common(asked, facts, key, one.get(), other.get());
        column = KEY + aligned.size();
        spineRows = spineRows.withColumn(column, ColumnNames.column(key.getValue()).cast(common));
        viewRows = viewRows.withColumn(key.getKey(), ColumnNames.column(key.getKey()).cast(common));
      }

      aligned.put(key.getKey(), column);
    }

    return new AlignedKeys(asked, spineRows, facts.withRows(viewRows), aligned);
  }

  /** Opens a table once more, with the keys as texts whose type was found and that meet texts. */
  private static InputTable asTexts(
      SparkSession spark,
      InputTable table,
      InputTable other,
      Map<String, String> keys,
      boolean isSpine) {
    Map<String, String> texts = new LinkedHashMap<>();
    keys.forEach(
        (inView, inSpine) -> {
          String own = isSpine ? inSpine : inView;
          boolean meetsText =
              type(other, isSpine ? inView : inSpine)
                  .filter(DataTypes.StringType::equals)
                  .isPresent();
          if (meetsText && table.texts().contains(own)) {
            texts.put(own, "string");
          }
        });
    return texts.isEmpty() ? table : InputTable.open(spark, table.name(), texts);
  }

  private static DataType common(
      InputTable spine,
      InputTable view,
      Map.Entry<String, String> key,
      DataType one,
      DataType other) {
    return WiderType.of(one, other)
        .filter(AtomicType.class::isInstance)
        .or(() -> ofDirectories(spine.directories().get(key.getValue()), one, other))
        .or(() -> ofDirectories(view.directories().get(key.getKey()), other, one))
        .orElseThrow(
            () ->
                new MillraceException(
                    ErrorCategory.DEFINITION,
                    "Cannot join %s to %s: key '%s' is %s there and '%s' of the spine is %s%s, and no type holds both without loss; write one of them again with the other's type"
                        .formatted(
                            spine.name(),
                            view.name(),
                            key.getKey(),
                            other.sql(),
                            key.getValue(),
                            one.sql(),
                            said(spine.directories().get(key.getValue()))
                                + said(view.directories().get(key.getKey())))));
  }

  private static String said(@Nullable SortedSet<String> directories) {
    return directories == null
        ? ""
        : " (directories are named " + directories.first() + " and the like)";
  }

  /** The other type, if all names of directories are written as values of that type are. */
  private static Optional<DataType> ofDirectories(
      @Nullable SortedSet<String> names, DataType own, DataType other) {
    boolean fits =
        names != null
            && own.equals(DataTypes.StringType)
            && names.stream().allMatch(name -> name.isEmpty() || isWritten(name, other));
    return fits ? Optional.of(other) : Optional.empty();
  }

  /** Whether a text is how a value of the type is written. */
  static boolean isWritten(String text, DataType type) {
    try {
      if (type.equals(DataTypes.DateType)) {
        return LocalDate.parse(text).toString().equals(text);
      }

      boolean isWhole =
          type.equals(DataTypes.LongType)
              || (type.equals(DataTypes.IntegerType)
                  && Integer.parseInt(text) == Long.parseLong(text))
              || (type.equals(DataTypes.ShortType)
                  && Short.parseShort(text) == Long.parseLong(text))
              || (type.equals(DataTypes.ByteType) && Byte.parseByte(text) == Long.parseLong(text));
      return isWhole && Long.toString(Long.parseLong(text)).equals(text);
    } catch (NumberFormatException | DateTimeException e) {
      return false;
    }
  }

  private static Optional<DataType> type(InputTable table, String column) {
    return Arrays.stream(table.rows().schema().fields())
        .filter(field -> field.name().equals(column))
        .map(StructField::dataType)
        .findFirst();
  }
}
