package org.millrace.features.input;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.udf;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLSyntaxErrorException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.execution.datasources.jdbc.JDBCOptions;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.jdbc.JdbcDialect;
import org.apache.spark.sql.jdbc.JdbcDialects;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.JdbcTable;
import org.millrace.features.lake.ScalaMaps;
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

  /** Names of types whose values are instants. */
  private static final Pattern ZONED =
      Pattern.compile("timestamptz|with (local )?time zone|datetimeoffset");

  private static final UserDefinedFunction LOCAL =
      udf((UDF1<Instant, LocalDateTime>) JdbcInput::local, DataTypes.TimestampNTZType);

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
      Set<String> instants = instants(table);
      Dataset<Row> rows = reader(table, false).load();
      return rows.select(
          Arrays.stream(declared.fields())
              .map(field -> asWritten(field, instants))
              .toArray(Column[]::new));
    } catch (Exception | LinkageError e) { // Scala throws checked exceptions without declaring them
      throw failed(table, e);
    }
  }

  /**
   * Columns whose values are instants, by the database's own names of types: Spark takes some of
   * them, such as PostgreSQL's {@code timestamptz}, for times without a zone.
   */
  private Set<String> instants(JdbcTable table) throws SQLException {
    String url = HiveDialect.withPlainNames(table.url());
    JdbcDialect dialect = JdbcDialects.get(url);
    Map<String, String> options = new HashMap<>(Map.of("url", url, "dbtable", table.table()));
    String password = spark.conf().get(PASSWORD, "");
    if (!password.isEmpty()) {
      options.put("password", password);
    }

    JDBCOptions all = new JDBCOptions(url, table.table(), ScalaMaps.of(options));
    String query = dialect.getSchemaQuery(table.table());
    try (Connection connection = dialect.createConnectionFactory(all).apply(-1);
        PreparedStatement statement = connection.prepareStatement(query);
        ResultSet result = statement.executeQuery()) {
      ResultSetMetaData columns = result.getMetaData();
      boolean isMysql = url.startsWith("jdbc:mysql:") || url.startsWith("jdbc:mariadb:");
      Set<String> instants = new HashSet<>();
      for (int column = 1; column <= columns.getColumnCount(); column++) {
        String type = columns.getColumnTypeName(column).toLowerCase(Locale.ROOT);
        if (ZONED.matcher(type).find() || (isMysql && type.equals("timestamp"))) {
          instants.add(columns.getColumnLabel(column));
        }
      }

      return instants;
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
   * A time without a zone comes from a driver as an instant of the machine's zone, which most of
   * Spark's dialects take for one of UTC.
   */
  private static Column asWritten(StructField field, Set<String> instants) {
    Column column = ColumnNames.column(field.name());
    return field.dataType().equals(DataTypes.TimestampNTZType) && !instants.contains(field.name())
        ? LOCAL.apply(column).as(field.name())
        : column;
  }

  /** On the machine whose driver gave the instant. */
  private static @Nullable LocalDateTime local(@Nullable Instant instant) {
    return instant == null ? null : LocalDateTime.ofInstant(instant, ZoneId.systemDefault());
  }

  private MillraceException failed(JdbcTable table, Throwable failure) {
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
    if (String.valueOf(sql.getMessage()).contains("No suitable driver")) {
      return wrong(
          ErrorCategory.DEFINITION,
          table,
          sql,
          "put the driver's jar into 'spark: {spark.jars: ...}' of millrace.yaml");
    }

    if (isRefused(sql, state)) {
      return wrong(
          ErrorCategory.DEFINITION,
          table,
          sql,
          "name a user in the address who may read it, and give the password as MILLRACE_JDBC_PASSWORD in the environment");
    }

    boolean isUnknown = sql instanceof SQLSyntaxErrorException || state.startsWith("42");
    return isUnknown
        ? wrong(ErrorCategory.INPUT_MISSING, table, sql, "correct the name of the table")
        : wrong(ErrorCategory.EXTERNAL, table, sql, "give the command again when it answers");
  }

  /** A login, or a right: to try it again locks accounts. */
  private static boolean isRefused(SQLException sql, String state) {
    return sql instanceof SQLInvalidAuthorizationSpecException
        || state.startsWith("28")
        || state.equals("42501")
        || String.valueOf(sql.getMessage())
            .matches("(?is).*(ORA-01017|login failed|access denied|permission denied).*");
  }

  private MillraceException wrong(
      ErrorCategory category, JdbcTable table, Throwable cause, String advice) {
    String text = String.valueOf(cause.getMessage()).strip().replaceFirst("(?s)\n.*", "");
    return new MillraceException(
        category,
        "Cannot read %s, %s: %s; %s".formatted(what, table, text.replaceFirst("\\.$", ""), advice),
        // a definition that is wrong is so whatever the driver makes of it
        category == ErrorCategory.DEFINITION ? null : cause);
  }
}
