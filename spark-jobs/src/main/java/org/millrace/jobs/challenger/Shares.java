package org.millrace.jobs.challenger;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.conv;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import org.apache.spark.sql.Column;

/**
 * Which rows the challenger scores: those of entities whose number, between 0 and 1, is less than
 * its share. The number follows from the rollout and the entity alone: it is the same on all days,
 * in runs that are repeated and in backfills, and who is in a small share is in each greater one.
 *
 * <p>The number is the first 13 hexadecimal digits of SHA-256 of {@code rollout}, a line feed and
 * the entity's values joined by line feeds, divided by 16^13: 52 bits, which a double holds
 * exactly. Missing values are left out; an entity without any value is named by the row's id.
 */
public final class Shares {
  private static final int DIGITS = 13;
  private static final double RANGE = Math.pow(16, DIGITS);

  private Shares() {}

  /**
   * The number of each row's entity, DOUBLE from 0 up to and without 1.
   *
   * @param draw of the rollout
   * @param entity columns
   * @param id columns that name a row; none of them is null
   */
  public static Column number(String draw, List<String> entity, List<String> id) {
    Column hash = sha2(concat_ws("\n", lit(draw), named(entity, id)), 256);
    return conv(substring(hash, 1, DIGITS), 16, 10).cast("double").divide(RANGE);
  }

  private static Column named(List<String> entity, List<String> id) {
    Column[] values =
        entity.stream()
            .map(column -> col("`" + column + "`").cast("string"))
            .toArray(Column[]::new);
    return when(coalesce(values).isNotNull(), text(entity)).otherwise(text(id));
  }

  private static Column text(List<String> columns) {
    return concat_ws(
        "\n",
        columns.stream()
            .map(column -> col("`" + column + "`").cast("string"))
            .toArray(Column[]::new));
  }
}
