package org.millrace.features.lake;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.features.sql.DefinitionGuard;

/**
 * Runs the SQL of a definition over inputs that it knows by short names. {@code :from} and {@code
 * :to} are the instants at which the wanted days begin and end (the end excluded). Only what {@link
 * DefinitionGuard} accepts is run.
 *
 * <p>Placement: driver only. Thread-safe.
 */
public final class DefinitionSql {
  /** Held while short names are temporary views of the shared session. */
  private static final Object TEMPORARY_VIEWS = new Object();

  private final Lake lake;

  /** Uses the session and the day zone of a lake. */
  public DefinitionSql(Lake lake) {
    this.lake = requireNonNull(lake, "lake is null");
  }

  /**
   * The rows of a query; lazy.
   *
   * @param what names the definition in an error, such as {@code view origin_weather}
   * @param inputs rows by the short name that the SQL uses
   * @throws MillraceException of category DEFINITION if the SQL is more than a query over these
   *     inputs, or if Spark cannot analyse it
   */
  public Dataset<Row> rows(
      String what, String sql, Map<String, Dataset<Row>> inputs, DayRange days) {
    return rows(
        what, sql, inputs, Map.of("from", lake.startOf(days.from()), "to", lake.endOf(days)));
  }

  /**
   * The rows of a query, as above.
   *
   * @param bounds what {@code :from} and {@code :to} stand for, by {@code from} and {@code to}
   */
  public Dataset<Row> rows(
      String what, String sql, Map<String, Dataset<Row>> inputs, Map<String, Object> bounds) {
    DefinitionGuard.requireQuery(lake.spark(), what, sql, inputs.keySet());
    synchronized (TEMPORARY_VIEWS) {
      return analysed(what, sql, inputs, bounds);
    }
  }

  private Dataset<Row> analysed(
      String what, String sql, Map<String, Dataset<Row>> inputs, Map<String, Object> bounds) {
    try {
      for (Map.Entry<String, Dataset<Row>> input : inputs.entrySet()) {
        input.getValue().createOrReplaceTempView(input.getKey());
      }

      return lake.spark().sql(sql, bounds);
    } catch (Exception e) {
      // Scala throws AnalysisException, a checked one, without saying so
      if (e instanceof AnalysisException analysis) {
        throw new MillraceException(
            ErrorCategory.DEFINITION, "Cannot run the SQL of " + what + ": " + plain(analysis), e);
      }

      throw e;
    } finally {
      inputs.keySet().forEach(name -> lake.spark().catalog().dropTempView(name));
    }
  }

  /** Spark's sentence, without the name that its programs know the error by. */
  private static String plain(AnalysisException failure) {
    return failure.getSimpleMessage().replaceFirst("^\\[[A-Z][A-Z0-9_.]+\\]\\s*", "");
  }

  /** {@code flights} for {@code raw.flights}: how SQL knows a table. */
  public static String shortName(String table) {
    return table.substring(table.indexOf('.') + 1);
  }
}
