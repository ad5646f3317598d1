package org.millrace.features.input;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.from_utc_timestamp;

import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLSyntaxErrorException;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Optional;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.jdbc.JdbcDialects;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.JdbcTable;
import org.millrace.features.spark.ColumnNames;

/**
 * Reads a table of a database. Times without a zone come as they are written, whatever the zone of
 * this machine is; but for those that its clocks skip, which drivers give an hour later. The
 * driver's jar is one of Spark's, or of {@code spark.jars}; the password is the session's setting
 * {@link #PASSWORD}.
 *
 * <p>Placement: driver only; rows are lazy, and one task reads them.
 */
public final class JdbcInput {
  /** Session setting; Spark's redaction hides it, as it has the word in its name. */
  public static final String PASSWORD = "spark.millrace.jdbc.password";

  private static final String ROWS_A_FETCH = "10000";

  static {
    JdbcDialects.registerDialect(new HiveDialect());
  }

  private final SparkSession spark;
  private final String what;

  /**
   * Prepares to read.
   *
   * @param what names the input in an error, such as {@code input 'loans' of raw.loans}
   */
  public JdbcInput(SparkSession spark, String what) {
    this.spark = requireNonNull(spark, "spark is null");
    this.what = requireNonNull(what, "what is null");
  }

  /**
   * The rows of a table, with its columns' names and types.
   *
   * @throws MillraceException DEFINITION if there is no driver or the database refuses the login;
   *     INPUT_MISSING if it has no such table; EXTERNAL if it cannot be reached
   */
  public Dataset<Row> rows(JdbcTable table) {
    try {
      StructType declared = reader(table, true).load().schema();
      Dataset<Row> rows = reader(table, false).load();
      return rows.select(
          Arrays.stream(declared.fields()).map(JdbcInput::asWritten).toArray(Column[]::new));
    } catch (Exception e) { // Scala throws checked exceptions without declaring them
      throw failed(table, e);
    }
  }

  private DataFrameReader reader(JdbcTable table, boolean knowsLocalTimes) {
    DataFrameReader reader =
        spark
            .read()
            .format("jdbc")
            .option("url", HiveDialect.withPlainNames(table.url()))
            .option("dbtable", table.table())
            .option("preferTimestampNTZ", knowsLocalTimes)
            .option("fetchsize", ROWS_A_FETCH);
    String password = spark.conf().get(PASSWORD, "");
    return password.isEmpty() ? reader : reader.option("password", password);
  }

  /**
   * A time without a zone comes from a driver as an instant of this machine's zone, which most of
   * Spark's dialects take for one of UTC.
   */
  private static Column asWritten(StructField field) {
    Column column = ColumnNames.column(field.name());
    return field.dataType().equals(DataTypes.TimestampNTZType)
        ? from_utc_timestamp(column, ZoneId.systemDefault().getId())
            .cast(DataTypes.TimestampNTZType)
            .as(field.name())
        : column;
  }

  private MillraceException failed(JdbcTable table, Exception failure) {
    int at = ExceptionUtils.indexOfType(failure, SQLException.class);
    if (at < 0) {
      return wrong(
          ErrorCategory.DEFINITION,
          table,
          failure,
          "correct the address, or put the driver's jar into 'spark: {spark.jars: ...}' of millrace.yaml");
    }

    SQLException sql = (SQLException) ExceptionUtils.getThrowableList(failure).get(at);
    String state = Optional.ofNullable(sql.getSQLState()).orElse("");
    if (state.equals("08001") && String.valueOf(sql.getMessage()).contains("No suitable driver")) {
      return wrong(
          ErrorCategory.DEFINITION,
          table,
          sql,
          "put the driver's jar into 'spark: {spark.jars: ...}' of millrace.yaml");
    }

    if (sql instanceof SQLInvalidAuthorizationSpecException || state.startsWith("28")) {
      return wrong(
          ErrorCategory.DEFINITION,
          table,
          sql,
          "name the user in the address, and give the password as MILLRACE_JDBC_PASSWORD in the environment");
    }

    boolean isUnknown = sql instanceof SQLSyntaxErrorException || state.startsWith("42");
    return isUnknown
        ? wrong(ErrorCategory.INPUT_MISSING, table, sql, "correct the name of the table")
        : wrong(ErrorCategory.EXTERNAL, table, sql, "give the command again when it answers");
  }

  private MillraceException wrong(
      ErrorCategory category, JdbcTable table, Exception cause, String advice) {
    String text = String.valueOf(cause.getMessage()).strip().replaceFirst("(?s)\n.*", "");
    return new MillraceException(
        category,
        "Cannot read %s, %s: %s; %s".formatted(what, table, text.replaceFirst("\\.$", ""), advice),
        // a definition that is wrong is so whatever the driver makes of it
        category == ErrorCategory.DEFINITION ? null : cause);
  }
}
