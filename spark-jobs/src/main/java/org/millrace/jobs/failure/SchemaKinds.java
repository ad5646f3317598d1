package org.millrace.jobs.failure;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.millrace.contracts.ErrorCategory;

/** Columns that are not as they were: retyped, new, gone, or of rows that a table does not take. */
final class SchemaKinds {
  private static final Pattern RETYPED_FILE =
      Pattern.compile(
          "Parquet column cannot be converted in file (.+?)\\. Column: \\[(.+?)\\], Expected: (.+?),"
              + " Found: ([A-Z0-9_]+)");
  private static final Pattern RETYPED_COLUMN =
      Pattern.compile("column: \\[(.+?)\\], physicalType: (.+?), logicalType: (.+)");

  static final List<Kind> ALL =
      List.of(
          new Kind(
              cause -> cause.isError("DELTA_FAILED_TO_MERGE_FIELDS"),
              ErrorCategory.DATA_CONTRACT,
              (cause, chain) -> retypedTable(chain)),
          new Kind(
              cause -> cause.says("A schema mismatch detected when writing"),
              ErrorCategory.DATA_CONTRACT,
              (cause, chain) ->
                  "Cannot write rows into a table: "
                      + SchemaDifference.of(cause.message())
                      + "; take the change back, or give the result a table of its own"),
          new Kind(
              cause -> cause.find(RETYPED_FILE, 0).isPresent(),
              ErrorCategory.DATA_CONTRACT,
              (cause, chain) ->
                  retypedFile(
                      cause.find(RETYPED_FILE, 2).orElse("?"),
                      Wording.pathOr(chain, "a Parquet file"),
                      cause.find(RETYPED_FILE, 4).orElse("?"),
                      cause.find(RETYPED_FILE, 3).orElse("?"))),
          new Kind(
              cause -> cause.find(RETYPED_COLUMN, 0).isPresent(),
              ErrorCategory.DATA_CONTRACT,
              (cause, chain) ->
                  retypedFile(
                      cause.find(RETYPED_COLUMN, 1).orElse("?"),
                      Wording.pathOr(chain, "a Parquet file"),
                      cause.find(RETYPED_COLUMN, 2).orElse("?"),
                      cause.find(RETYPED_COLUMN, 3).orElse("?"))),
          new Kind(
              cause -> cause.isError("CANNOT_MERGE_SCHEMAS"),
              ErrorCategory.DATA_CONTRACT,
              (cause, chain) ->
                  "Cannot read the input: its files disagree: "
                      + SchemaDifference.ofStructs(
                          cause.parameter("left").orElse(""), cause.parameter("right").orElse(""))
                      + "; have their producer write them again with one schema"),
          new Kind(
              cause -> cause.isError("DELTA_REPLACE_WHERE_MISMATCH"),
              ErrorCategory.DATA_CONTRACT,
              (cause, chain) ->
                  "Cannot replace rows where "
                      + cause.parameter("replaceWhere").orElse("the condition holds")
                      + ": some of the new rows lie outside; the SQL must yield rows of the days"
                      + " that were asked for and no others"),
          new Kind(
              cause ->
                  cause.isError("DELTA_NOT_NULL_CONSTRAINT_VIOLATED", "DELTA_VIOLATE_CONSTRAINT"),
              ErrorCategory.DATA_CONTRACT,
              (cause, chain) ->
                  "Cannot write rows into a table: "
                      + Wording.plain(cause.message())
                      + "; mend the data, or the SQL that makes the rows"));

  private SchemaKinds() {}

  private static String retypedTable(CauseChain chain) {
    String column =
        chain.causes().stream()
            .filter(cause -> cause.isError("DELTA_FAILED_TO_MERGE_FIELDS"))
            .map(cause -> cause.parameter("currentField").orElse("?"))
            .collect(Collectors.joining("."));
    String types =
        chain
            .first(cause -> cause.isError("DELTA_MERGE_INCOMPATIBLE_DATATYPE"))
            .map(
                cause ->
                    " from "
                        + type(cause.parameter("currentDataType").orElse("?"))
                        + " in the table to "
                        + type(cause.parameter("updateDataType").orElse("?"))
                        + " in the new rows")
            .orElse("");
    return "Cannot write column '"
        + column
        + "' into a table: its type changed"
        + types
        + "; cast it in the SQL, or have the input's producer write the old type";
  }

  private static String retypedFile(String column, String file, String found, String expected) {
    return "Cannot read column '"
        + column
        + "' of "
        + file
        + ": its type changed, found "
        + found
        + ", expected "
        + expected
        + "; have its producer write it again with the type of the other files";
  }

  /** {@code long} for {@code LongType}, {@code array(long,true)} for {@code ArrayType(...)}. */
  private static String type(String sparkName) {
    return sparkName.replaceAll("(\\w+?)Type\\b", "$1").toLowerCase(Locale.ROOT);
  }
}
