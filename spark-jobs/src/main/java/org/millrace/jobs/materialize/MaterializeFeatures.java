package org.millrace.jobs.materialize;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.from_utc_timestamp;
import static org.apache.spark.sql.functions.greatest;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.features.lake.DefinitionSql;
import org.millrace.features.lease.Lease;
import org.millrace.features.nights.NightlyRows;
import org.millrace.features.nights.NightlySql;
import org.millrace.features.staging.StagedManifest;
import org.millrace.features.staging.StagedRows;
import org.millrace.features.staging.StagingArea;
import org.millrace.jobs.room.DayCounts;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;
import org.millrace.jobs.room.RoomResult;
import org.millrace.jobs.room.SideBySide;
import org.millrace.jobs.tables.FeatureTableColumns;
import org.millrace.jobs.tables.ViewDays;
import org.millrace.jobs.tables.WindowConditions;

/**
 * Computes the rows of each view that became known on the wanted days, and stages them for
 * VALIDATE. Nothing becomes visible here.
 *
 * <p>A range of days is computed in one pass a view, with the rows that one night after the other
 * would keep. A row that a source day yields is kept on the day on which it becomes known, counted
 * as later where that day comes after the wanted ones, or refused where no night would find it.
 *
 * <p>Placement: driver only.
 */
public final class MaterializeFeatures implements Room<MaterializeFeatures.Result> {

  private final JobContext context;
  private final RunKey runKey;

  /** Prepares the room for some days. */
  public MaterializeFeatures(JobContext context, RunKey runKey) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
  }

  /** Days to stage, and the versions of what they are computed from. */
  private record Unstaged(StagingArea area, ViewDays wanted, List<TableVersion> inputs) {}

  @Override
  public Verb verb() {
    return Verb.MATERIALIZE;
  }

  /**
   * What was staged.
   *
   * @param days the days that were asked for
   * @param rows what became of the rows; those that are known on later days are counted as later
   * @param written staged rows by view's table
   */
  public record Result(DayRange days, RowCounts rows, Map<String, Long> written)
      implements RoomResult {
    @Override
    public boolean isIdle() {
      return written.isEmpty();
    }

    @Override
    public String message() {
      return isIdle()
          ? "All views of " + days + " are staged or visible already"
          : "Staged " + written.size() + " views";
    }
  }

  /**
   * Stages the days that are neither visible nor staged already.
   *
   * @throws org.millrace.contracts.MillraceException of category DATA_CONTRACT where a view yields
   *     rows that no run over its days would keep
   */
  @Override
  public Result run(Lease lease) {
    List<Unstaged> unstaged = new ArrayList<>();
    for (FeatureViewDefinition view : context.pipeline().views()) {
      List<LocalDate> wanted = context.scope().days(view.table(), runKey.days());
      if (wanted.isEmpty()) {
        continue;
      }

      StagingArea area = new StagingArea(context.lake(), view.table());
      List<ViewDays> undone = ViewDays.undone(context.ledger(), view, wanted);
      sweep(area, view, undone);
      undone.stream()
          .filter(days -> area.find(days::isAsWanted).isEmpty())
          .forEach(days -> unstaged.add(pinned(area, days)));
    }

    Map<String, Long> written = new LinkedHashMap<>();
    RowCounts all = RowCounts.NONE;
    List<RowCounts> counts = SideBySide.map(unstaged, this::stage);
    for (int i = 0; i < counts.size(); i++) {
      all = all.plus(counts.get(i));
      written.merge(unstaged.get(i).wanted().view().table(), counts.get(i).accepted(), Long::sum);
    }

    return new Result(runKey.days(), all, written);
  }

  private Unstaged pinned(StagingArea area, ViewDays wanted) {
    WindowConditions.check(context.spark(), wanted.view());
    List<TableVersion> inputs = new ArrayList<>();
    for (String table : wanted.view().reads()) {
      inputs.add(context.pin(table, "ingest"));
    }

    return new Unstaged(area, wanted, inputs);
  }

  private void say(ViewDays of, RowCounts rows) {
    String later = rows.later() == 0 ? "" : ", " + rows.later() + " more are known on later days";
    context
        .progress()
        .say(
            verb().word(),
            of.view().name() + ": " + rows.accepted() + " rows of " + of.days() + later);
  }

  /**
   * Removes what was staged for these days from other definitions or inputs, or was never finished.
   * Batches of days that are out of scope stay.
   */
  private void sweep(StagingArea area, FeatureViewDefinition view, List<ViewDays> undone) {
    List<String> removed =
        area.sweep(
            runKey.days(),
            staged ->
                undone.stream().anyMatch(days -> days.isAsWanted(staged))
                    || context.scope().days(view.table(), staged.days()).isEmpty());
    removed.forEach(
        name -> context.progress().say(verb().word(), "removed the stale staged rows " + name));
  }

  private RowCounts stage(Unstaged days) {
    ViewDays wanted = days.wanted();
    List<TableVersion> inputs = days.inputs();
    FeatureViewDefinition view = wanted.view();
    context.progress().work(view.table());
    StagingArea.Draft draft = days.area().draft(wanted.days(), context.attempt());
    try (NightlyRows rows = rows(wanted, inputs).held()) {
      NightlyRows.Reach reach = rows.reach();
      reach.require(view.table() + " of " + wanted.days(), "view " + view.name());
      Dataset<Row> kept =
          rows.kept()
              .withColumn(FeatureTableColumns.KNOWN_DATE, col(NightlyRows.DAY))
              .select(FeatureTableColumns.of(view, rows.kept().schema()));
      Dataset<Row> staged =
          draft.write(DayCounts.oneFileADay(kept, FeatureTableColumns.KNOWN_DATE, wanted.days()));
      long accepted = seal(draft, wanted, inputs, staged).manifest().totalRows().accepted();
      RowCounts counts = new RowCounts(accepted + reach.later(), accepted, 0, 0, reach.later());
      say(wanted, counts);
      return counts;
    }
  }

  private StagedRows seal(
      StagingArea.Draft draft, ViewDays wanted, List<TableVersion> inputs, Dataset<Row> staged) {
    NavigableMap<LocalDate, RowCounts> counts = new TreeMap<>();
    DayCounts.of(staged, FeatureTableColumns.KNOWN_DATE, wanted.days())
        .forEach((day, rows) -> counts.put(day, RowCounts.accepted(rows)));
    return draft.seal(
        new StagedManifest(
            wanted.view().table(),
            wanted.days(),
            runKey.toString(),
            context.attempt(),
            wanted.fingerprints(),
            counts,
            "",
            inputs,
            StagedManifest.noFacts()));
  }

  private NightlyRows rows(ViewDays wanted, List<TableVersion> inputs) {
    FeatureViewDefinition view = wanted.view();
    Map<String, NightlySql.Input> tables = new LinkedHashMap<>();
    for (TableVersion input : inputs) {
      Optional<String> day = context.pipeline().source(input.table()).day();
      tables.put(
          DefinitionSql.shortName(input.table()),
          new NightlySql.Input(context.lake().read(input), day));
    }

    // a row counts from the later of the two times: no as-of join may see it before
    Column usable =
        greatest(col(FeatureTableColumns.EVENT_TIMESTAMP), col(FeatureTableColumns.KNOWN_AT));
    Column knownDate = from_utc_timestamp(usable, context.lake().dayZone().getId()).cast("date");
    return new NightlySql(
            context.lake(), "view " + view.name(), view.sql().text(), tables, view.lookBackDays())
        .rows(wanted.days(), knownDate);
  }
}
