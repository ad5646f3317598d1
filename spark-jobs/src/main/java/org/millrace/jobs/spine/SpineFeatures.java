package org.millrace.jobs.spine;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;

import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Digest;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.Definitions;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.contracts.definition.SpineDefinition;
import org.millrace.contracts.definition.TrainingDefinition;
import org.millrace.features.asof.AsOfJoin;
import org.millrace.features.asof.AsOfOracle;
import org.millrace.features.asof.AsOfView;
import org.millrace.features.lake.DefinitionSql;
import org.millrace.features.lake.Lake;
import org.millrace.features.lake.LedgerEntry;
import org.millrace.jobs.JobContext;
import org.millrace.jobs.tables.FeatureTableColumns;

/**
 * The spine of a model and its features as of each row, from pinned tables.
 *
 * <p>Placement: driver only. What it returns is lazy.
 */
public final class SpineFeatures {
  /** The moment a spine row asks from. */
  public static final String AS_OF = "as_of";

  private final JobContext context;
  private final SpineDefinition spine;
  private final List<FeatureViewDefinition> views;

  /** Prepares the spine and the views of a model. */
  public SpineFeatures(JobContext context, TrainingDefinition training) {
    this.context = requireNonNull(context, "context is null");
    Definitions definitions = context.definitions();
    this.spine = Definitions.named(definitions.spines(), "spine", training.spine());
    this.views =
        training.views().stream()
            .map(name -> Definitions.named(definitions.views(), "view", name))
            .toList();
  }

  /** The spine's definition. */
  public SpineDefinition definition() {
    return spine;
  }

  /**
   * Fixes the versions of all tables that a run over these days reads.
   *
   * @throws org.millrace.contracts.MillraceException of category INPUT_MISSING where a table or one
   *     of its days is not there yet
   */
  public Pins pin(DayRange days) {
    days.days().forEach(this::fingerprint);
    Map<String, TableVersion> pins = new LinkedHashMap<>();
    spine.reads().forEach(table -> pins.put(table, context.lake().require(table, "ingest")));
    views.forEach(view -> pins.put(view.table(), context.lake().require(view.table(), "validate")));
    return new Pins(pins);
  }

  /**
   * Fingerprint of a spine day: its definition, the inputs of that day, the days of each view that
   * its rows can see.
   */
  public String fingerprint(LocalDate day) {
    List<String> parts = new ArrayList<>(List.of(spine.hash()));
    spine
        .reads()
        .forEach(table -> parts.add(context.ledger().fingerprint(table, DayRange.of(day))));
    views.forEach(
        view ->
            parts.add(context.ledger().fingerprint(view.table(), visible(view, DayRange.of(day)))));
    return Digest.sha256(parts.toArray(String[]::new));
  }

  /** The spine rows of some days: id, day, as_of, further columns, label and when it is known. */
  public Dataset<Row> spine(DayRange days, Pins pins) {
    Map<String, Dataset<Row>> inputs = new LinkedHashMap<>();
    for (String table : spine.reads()) {
      SourceDefinition source = Definitions.named(context.definitions().sources(), "source", table);
      Dataset<Row> rows = context.lake().read(pins.of(table));
      inputs.put(
          DefinitionSql.shortName(table),
          source.day().map(day -> rows.where(Lake.inDays(day, days))).orElse(rows));
    }

    return new DefinitionSql(context.lake())
        .rows("spine " + spine.name(), spine.sql(), inputs, days)
        .where(Lake.inDays(spine.day(), days))
        .select(columns());
  }

  /**
   * Joins spine rows to the views as of each row; the counts prove that no row was lost or doubled.
   */
  public AsOfJoin.Result join(Dataset<Row> rows, DayRange days, Pins pins) {
    AsOfJoin join = AsOfJoin.spine(rows, AS_OF);
    for (AsOfView view : facts(days, pins)) {
      join = join.with(view);
    }

    return join.join();
  }

  /** Answers some of the spine rows of these days without the join's kernels. */
  public AsOfOracle oracle(DayRange days, Pins pins) {
    return new AsOfOracle(AS_OF, facts(days, pins));
  }

  private List<AsOfView> facts(DayRange days, Pins pins) {
    List<AsOfView> facts = new ArrayList<>();
    for (FeatureViewDefinition view : views) {
      Dataset<Row> rows =
          context
              .lake()
              .read(pins.of(view.table()))
              .where(Lake.inDays(FeatureTableColumns.KNOWN_DATE, visible(view, days)));
      facts.add(AsOfView.of(view, rows));
    }

    return facts;
  }

  /**
   * The known days that rows of some spine days can see: a row is usable from max(event_timestamp,
   * known_at), which lies after as_of - ttl for each row that counts.
   */
  private static DayRange visible(FeatureViewDefinition view, DayRange days) {
    LocalDate first =
        view.ttl()
            .map(ttl -> days.from().minusDays(wholeDays(ttl)))
            .orElse(LedgerEntry.WHOLE.plusDays(1));
    return new DayRange(first, days.to());
  }

  // one more than the quotient: a day of the zone may last 23 hours
  private static long wholeDays(Duration ttl) {
    return ttl.toDays() + 1;
  }

  private Column[] columns() {
    Set<String> names = new LinkedHashSet<>(spine.id());
    names.add(spine.day());
    names.add(AS_OF);
    names.addAll(spine.columns());
    names.add(spine.label());
    names.add(spine.labelKnownAt());
    return names.stream().map(name -> col(name)).toArray(Column[]::new);
  }
}
