package org.millrace.features.input;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.timestamp_micros;
import static org.apache.spark.sql.functions.when;

import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.api.java.UDF3;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.InputFormat;
import org.millrace.features.spark.ColumnNames;

/**
 * Gives the rows of some files the columns of all files. Driver only; the columns are evaluated on
 * executors.
 *
 * @param what names the input in an error
 * @param format of the files
 * @param request what was asked for
 * @param partition values, as they are written, by column that comes from names of directories
 */
record TypedColumns(
    String what,
    InputFormat format,
    InputReader.Request request,
    Map<String, SortedSet<String>> partition) {
  private static final String FILE = "_metadata.file_path";
  private static final long NANOS_OF_MICRO = 1000;

  /**
   * The rows, with other columns.
   *
   * @param schema how the files are read
   * @param target the columns to give
   */
  Dataset<Row> select(Dataset<Row> rows, FileSchema schema, StructType target) {
    List<Column> columns = new ArrayList<>();
    for (StructField field : target.fields()) {
      columns.add(column(rows.schema(), schema, field).as(field.name()));
    }

    if (schema.hasUnread() && schema.columns().isEmpty()) { // of [] alone
      return rows.where(lit(false)).select(columns.toArray(Column[]::new));
    }

    return (schema.hasUnread() ? allRead(rows, schema) : rows)
        .select(columns.toArray(Column[]::new));
  }

  /** The same rows; where Spark could not read one, reading them fails. */
  private Dataset<Row> allRead(Dataset<Row> rows, FileSchema schema) {
    String of = what;
    UDF3<@Nullable String, String, @Nullable Object, Boolean> refuse =
        (record, file, first) -> {
          throw new MillraceException(
              ErrorCategory.DATA_CONTRACT,
              "Cannot read %s: a record of %s is not as its columns are: '%s'; have its producer write it again"
                  .formatted(of, FoundFiles.shown(file), TextColumn.shortened(record)));
        };
    Column unread = ColumnNames.column(FileSchema.UNREAD);
    // a query of this column alone is refused by Spark, so that of another one stands beside it
    Column another =
        ColumnNames.column(schema.columns().fieldNames()[0]).cast(DataTypes.StringType);
    Column refused = functions.udf(refuse, DataTypes.BooleanType).apply(unread, file(), another);
    return rows.where(unread.isNull().or(refused));
  }

  private Column column(StructType read, FileSchema schema, StructField field) {
    Optional<StructField> own =
        Arrays.stream(read.fields())
            .filter(
                known ->
                    known
                        .name()
                        .toLowerCase(Locale.ROOT)
                        .equals(field.name().toLowerCase(Locale.ROOT)))
            .findFirst();
    if (own.isEmpty()) {
      return lit(null).cast(field.dataType());
    }

    String name = own.get().name();
    DataType type = own.get().dataType();
    if (partition.containsKey(name)) {
      // each value was read as the type before: so files can be left out by it
      return type.equals(field.dataType())
          ? ColumnNames.column(name)
          : ColumnNames.column(name).cast(field.dataType());
    }

    if (isText(name, type)) {
      return text(name).as(field.dataType(), file(), format == InputFormat.CSV);
    }

    if (schema.nanoseconds().contains(name)) {
      return microseconds(name).cast(field.dataType());
    }

    boolean isOther = !type.equals(field.dataType()) && !(type instanceof StructType);
    return isOther ? ColumnNames.column(name).cast(field.dataType()) : ColumnNames.column(name);
  }

  private Column file() {
    return format == InputFormat.DELTA ? lit(request.location()) : functions.col(FILE);
  }

  /** Whether a column's values are texts, or digits, that are read here. */
  private boolean isText(String name, DataType type) {
    boolean isOfDigits =
        format == InputFormat.JSON
            && type instanceof DecimalType
            && request.columns().containsKey(name);
    return isOfDigits
        || (type.equals(DataTypes.StringType)
            && (format == InputFormat.CSV
                || partition.containsKey(name)
                || format == InputFormat.JSON));
  }

  private TextColumn text(String name) {
    return new TextColumn(what, name, request.text().nulls(), request.text().zone());
  }

  private Column microseconds(String name) {
    Column nanoseconds = ColumnNames.column(name);
    String of = what;
    UDF2<@Nullable Long, String, @Nullable Long> refuse =
        (value, file) -> {
          throw new MillraceException(
              ErrorCategory.DATA_CONTRACT,
              "Cannot read column '%s' of %s: %s has a time of %d ns since 1970, and digits below a microsecond would be lost; have its producer round it, or leave the column out"
                  .formatted(name, of, FoundFiles.shown(file), value));
        };
    Column whole = nanoseconds.mod(lit(NANOS_OF_MICRO)).equalTo(lit(0L)).or(nanoseconds.isNull());
    Column micros = functions.expr("`" + name.replace("`", "``") + "` DIV " + NANOS_OF_MICRO);
    Column refused = functions.udf(refuse, DataTypes.LongType).apply(nanoseconds, file());
    return timestamp_micros(when(whole, micros).otherwise(refused));
  }

  /**
   * The columns to give, from those that all files have.
   *
   * @param united columns of all files
   * @throws MillraceException DATA_CONTRACT where a column that was asked for is in no file;
   *     DEFINITION where it cannot be of the type that was asked for
   */
  StructType target(StructType united) {
    StructType all = united;
    for (String name : partition.keySet()) {
      all = all.add(name, DataTypes.StringType);
    }

    List<String> missing = new ArrayList<>(request.columns().keySet());
    missing.removeAll(List.of(all.fieldNames()));
    if (!missing.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DATA_CONTRACT,
          "Cannot read %s: 'columns' names %s, which no file has; there are %s"
              .formatted(what, String.join(", ", missing), String.join(", ", all.fieldNames())));
    }

    StructType target = new StructType();
    for (StructField field : all.fields()) {
      String asked = request.columns().get(field.name());
      target =
          target.add(
              field.name(),
              asked == null ? field.dataType() : type(field, DataType.fromDDL(asked)));
    }

    return target;
  }

  private DataType type(StructField field, DataType asked) {
    boolean isPossible =
        isText(field.name(), field.dataType())
            ? TextColumn.canBe(asked)
            : WiderType.of(field.dataType(), asked).filter(asked::equals).isPresent();
    if (!isPossible) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot read %s: 'columns' asks for '%s' as %s, and it is %s in the files: a value could be lost; leave it out there and cast it in 'sql'"
              .formatted(what, field.name(), asked.sql(), field.dataType().sql()));
    }

    SortedSet<String> names = partition.get(field.name());
    if (names != null) {
      TextColumn text = new TextColumn(what, field.name(), List.of(), ZoneOffset.UTC);
      names.forEach(name -> text.named(name, request.location(), asked));
    }

    return asked;
  }
}
