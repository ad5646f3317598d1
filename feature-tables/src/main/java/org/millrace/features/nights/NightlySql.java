package org.millrace.features.nights;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.date_add;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sequence;
import static org.apache.spark.sql.functions.to_utc_timestamp;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.optimizer.InlineCTE;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.DayRange;
import org.millrace.features.lake.DefinitionSql;
import org.millrace.features.lake.Lake;
import org.millrace.features.nights.NightlyRows.Following;
import org.millrace.features.spark.ColumnNames;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The SQL of a definition as each night computes it. The night of day D reads the source days from
 * D minus the look-back to D, has D's bounds as {@code :from} and {@code :to}, and keeps the rows
 * of day D. Any number of nights is computed in one plan, with the same rows as one night at a
 * time. A query that cannot be followed (see {@link NightPlan}) is run once a night instead.
 *
 * <p>Placement: driver only. What it returns is lazy.
 */
public final class NightlySql {
  private static final Logger LOG = LoggerFactory.getLogger(NightlySql.class);

  private final Lake lake;
  private final String what;
  private final String sql;
  private final Map<String, Input> inputs;
  private final int lookBackDays;

  /**
   * Rows that the SQL reads.
   *
   * @param rows all of them
   * @param day DATE column of the day on which a row arrived; empty where there are no days
   */
  public record Input(Dataset<Row> rows, Optional<String> day) {}

  /**
   * Prepares a definition.
   *
   * @param what names it in an error, such as {@code view origin_weather}
   * @param inputs by the short name that the SQL uses
   * @param lookBackDays how many days before its own a night reads of inputs that have days
   */
  public NightlySql(
      Lake lake, String what, String sql, Map<String, Input> inputs, int lookBackDays) {
    this.lake = requireNonNull(lake, "lake is null");
    this.what = requireNonNull(what, "what is null");
    this.sql = requireNonNull(sql, "sql is null");
    this.inputs = Map.copyOf(inputs);
    this.lookBackDays = lookBackDays;
  }

  /**
   * The rows of some nights.
   *
   * @param day what says on which day a row counts, of the SQL's columns
   * @throws org.millrace.contracts.MillraceException of category DEFINITION where Spark cannot
   *     analyse the SQL
   */
  public NightlyRows rows(DayRange nights, Column day) {
    try {
      return followed(nights, day);
    } catch (NotFollowedException e) {
      if (nights.size() > 1) {
        LOG.warn(
            "{}: one query for each of {} nights, which is slower than one for all of them: {}",
            what,
            nights.size(),
            e.getMessage());
      }

      return oneByOne(nights, day);
    }
  }

  private NightlyRows followed(DayRange nights, Column day) {
    Map<String, Dataset<Row>> tables = new LinkedHashMap<>();
    inputs.forEach((name, input) -> tables.put(name, followed(input, nights)));
    Map<String, Object> marks =
        Map.of("from", new Column(NightBound.FROM.mark()), "to", new Column(NightBound.TO.mark()));
    LogicalPlan analysed =
        new DefinitionSql(lake).rows(what, sql, tables, marks).queryExecution().analyzed();
    LogicalPlan plan = new InlineCTE(true).apply(analysed);
    if (NightBound.mayBeEvaluated(sql, plan)) {
      throw new NotFollowedException(":from or :to may be evaluated while the SQL is analysed");
    }

    NightConditions.Use use = NightConditions.use(plan);
    Dataset<Row> rows = rewritten(plan, nights, day, NightConditions.HOLD);
    return switch (use) {
      case NONE -> new NightlyRows(rows, rows, Following.DAYS, nights, lookBackDays);
      case IN_CONDITIONS ->
          new NightlyRows(
              rows,
              rewritten(plan, nights, day, NightConditions.LEFT_OUT),
              Following.DAYS,
              nights,
              lookBackDays);
      case IN_VALUES -> new NightlyRows(rows, rows, Following.NOTHING, nights, lookBackDays);
    };
  }

  /** Each row once for each night that reads it, under a projection that hides how. */
  private Dataset<Row> followed(Input input, DayRange nights) {
    if (input.day().isEmpty()) {
      return input.rows();
    }

    String name = input.day().get();
    Column day = ColumnNames.column(name);
    Column night = day;
    if (nights.size() == 1) {
      night = lit(nights.from());
    } else if (lookBackDays > 0) {
      Column last = least(date_add(day, lookBackDays), lit(nights.to()));
      night = explode(sequence(greatest(day, lit(nights.from())), last));
    }

    Column[] visible = new Column[input.rows().columns().length];
    for (int i = 0; i < visible.length; i++) {
      visible[i] = ColumnNames.column(input.rows().columns()[i]);
    }

    return input
        .rows()
        .where(Lake.inDays(name, nights.startingEarlier(lookBackDays)))
        .withColumn(Carried.NIGHT, night)
        .withColumn(Carried.OLDEST, day)
        .withColumn(Carried.NEWEST, day)
        .select(visible);
  }

  private Dataset<Row> rewritten(
      LogicalPlan plan, DayRange nights, Column day, NightConditions conditions) {
    Carried carried =
        new NightPlan(nights(nights), (mark, night) -> bound(mark, night, nights), conditions)
            .rewrite(plan);
    Dataset<Row> rows = analysed(carried.plan());
    Dataset<Row> withDay = rows.withColumn(NightlyRows.DAY, day);
    Column noDay = lit(null).cast(DataTypes.DateType);
    return carried.isNightly()
        ? withDay
        : withDay
            // the same in all nights: each takes the rows of its own day
            .withColumn(
                Carried.NIGHT, coalesce(ColumnNames.column(NightlyRows.DAY), lit(nights.from())))
            .withColumn(Carried.OLDEST, noDay)
            .withColumn(Carried.NEWEST, noDay);
  }

  private Dataset<Row> analysed(LogicalPlan plan) {
    try {
      return Dataset.ofRows(lake.spark(), plan);
    } catch (Exception e) {
      // Scala throws AnalysisException, a checked one, without saying so
      if (e instanceof AnalysisException) {
        throw new NotFollowedException("a night's bounds do not fit: " + e.getMessage());
      }

      throw e;
    }
  }

  private LogicalPlan nights(DayRange nights) {
    List<Row> rows = new ArrayList<>();
    nights.days().forEach(night -> rows.add(RowFactory.create(night)));
    return lake.spark()
        .createDataFrame(rows, new StructType().add("night", DataTypes.DateType, false))
        .queryExecution()
        .analyzed();
  }

  private Expression bound(NightBound mark, Attribute night, DayRange nights) {
    if (nights.size() == 1) {
      Instant instant = mark == NightBound.TO ? lake.endOf(nights) : lake.startOf(nights.from());
      return lit(instant).expr(); // a literal, so that scans are bounded by it
    }

    // the zone's first instant of the day, as Lake.startOf
    Column first = date_add(new Column(night), mark == NightBound.TO ? 1 : 0).cast("timestamp");
    return to_utc_timestamp(first, lake.dayZone().getId()).expr();
  }

  private NightlyRows oneByOne(DayRange nights, Column day) {
    Dataset<Row> all =
        nights.days().stream().map(night -> plain(night, day)).reduce(Dataset::union).orElseThrow();
    return new NightlyRows(all, all, Following.NIGHTS, nights, lookBackDays);
  }

  private Dataset<Row> plain(LocalDate night, Column day) {
    DayRange read = DayRange.of(night).startingEarlier(lookBackDays);
    Map<String, Dataset<Row>> tables = new LinkedHashMap<>();
    inputs.forEach(
        (name, input) ->
            tables.put(
                name,
                input
                    .day()
                    .map(column -> input.rows().where(Lake.inDays(column, read)))
                    .orElse(input.rows())));
    return new DefinitionSql(lake)
        .rows(what, sql, tables, DayRange.of(night))
        .withColumn(NightlyRows.DAY, day)
        .withColumn(Carried.NIGHT, lit(night))
        .withColumn(Carried.OLDEST, lit(night))
        .withColumn(Carried.NEWEST, lit(night));
  }
}
