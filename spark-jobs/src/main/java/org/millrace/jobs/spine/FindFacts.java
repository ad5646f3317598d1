package org.millrace.jobs.spine;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.unix_micros;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.FeatureViewDefinition.Boundary;
import org.millrace.features.asof.AsOfOracle;
import org.millrace.features.asof.AsOfView;
import org.millrace.features.lake.Lake;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.tables.FeatureTableColumns;

/**
 * Finds the facts behind one row, by the rules that joins are checked by, not by the joins. Driver
 * only; a Spark job for each view.
 */
public final class FindFacts {
  private final JobContext context;
  private final SpineFeatures features;
  private final Pins pins;

  /**
   * Prepares.
   *
   * @param features whose views are looked into
   * @param pins versions of their tables
   */
  public FindFacts(JobContext context, SpineFeatures features, Pins pins) {
    this.context = requireNonNull(context, "context is null");
    this.features = requireNonNull(features, "features is null");
    this.pins = requireNonNull(pins, "pins is null");
  }

  /**
   * The facts of each view.
   *
   * @param asked one row of the spine
   * @param days its day
   */
  public List<FactTimes> of(Dataset<Row> asked, DayRange days) {
    Row row = asked.first();
    Dataset<Row> one = context.spark().createDataFrame(List.of(row), asked.schema());
    List<FactTimes> found = new ArrayList<>();
    for (FeatureViewDefinition view : features.views()) {
      Dataset<Row> rows =
          context
              .lake()
              .read(pins.of(view.table()))
              .where(
                  Lake.inDays(
                      FeatureTableColumns.KNOWN_DATE, features.recipes().visible(view, days, 0)));
      found.add(view.isWindowed() ? events(view, rows, row) : fact(view, rows, one));
    }

    return found;
  }

  private FactTimes fact(FeatureViewDefinition view, Dataset<Row> rows, Dataset<Row> one) {
    AsOfView.Builder builder =
        AsOfView.of(view.name(), rows)
            .keys(view.keys().keySet().toArray(String[]::new))
            .boundary(view.boundary())
            .features(FeatureTableColumns.KNOWN_AT)
            .withEventTimestamp();
    view.ttl().ifPresent(builder::ttl);
    view.tie().ifPresent(builder::tie);
    AsOfView times = builder.build();
    Row found = new AsOfOracle(SpineFeatures.AS_OF, List.of(times)).enrich(one).first();
    Optional<Instant> event =
        Optional.ofNullable(found.<Instant>getAs(times.column(AsOfView.EVENT_TIMESTAMP)));
    return new FactTimes(
        view.name(),
        pins.of(view.table()),
        event.isPresent() ? 1 : 0,
        event,
        event,
        Optional.ofNullable(found.<Instant>getAs(times.column(FeatureTableColumns.KNOWN_AT))));
  }

  /** Before any condition of an aggregate: those that it leaves out were looked at too. */
  private FactTimes events(FeatureViewDefinition view, Dataset<Row> rows, Row row) {
    boolean isInclusive = view.boundary() == Boundary.INCLUSIVE;
    Column event = col(FeatureTableColumns.EVENT_TIMESTAMP);
    Column known = col(FeatureTableColumns.KNOWN_AT);
    Column usable = greatest(event, known);
    Column asOf = lit(row.<Instant>getAs(SpineFeatures.AS_OF));
    Column age = unix_micros(asOf).minus(unix_micros(event));
    long longest =
        view.aggregates().values().stream()
            .flatMap(aggregate -> aggregate.of().windows().stream())
            .mapToLong(
                window -> ChronoUnit.MICROS.between(Instant.EPOCH, Instant.EPOCH.plus(window)))
            .max()
            .orElse(0);
    Column counts =
        (isInclusive ? usable.leq(asOf) : usable.lt(asOf))
            .and(event.isNotNull())
            .and(known.isNotNull())
            .and(isInclusive ? age.lt(longest) : age.leq(longest));
    for (String key : view.keys().keySet()) {
      counts = counts.and(col("`" + key + "`").equalTo(lit(row.<Object>getAs(key))));
    }

    Row found = rows.where(counts).agg(count(lit(1)), min(event), max(event), max(known)).first();
    return new FactTimes(
        view.name(),
        pins.of(view.table()),
        found.getLong(0),
        Optional.ofNullable(found.<Instant>getAs(1)),
        Optional.ofNullable(found.<Instant>getAs(2)),
        Optional.ofNullable(found.<Instant>getAs(3)));
  }
}
