package org.millrace.jobs.validate;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.features.lake.TableWriter;
import org.millrace.features.lease.Lease;
import org.millrace.features.staging.StagedManifest;
import org.millrace.features.staging.StagedRows;
import org.millrace.features.staging.StagingArea;
import org.millrace.features.validation.RuleOutcome;
import org.millrace.features.validation.UsualVolume;
import org.millrace.features.validation.ValidateRows;
import org.millrace.features.validation.ValidationMetrics;
import org.millrace.features.validation.ValidationReport;
import org.millrace.features.validation.ValidationReport.Verdict;
import org.millrace.features.validation.ValidationRules;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;
import org.millrace.jobs.room.RoomResult;
import org.millrace.jobs.room.SideBySide;
import org.millrace.jobs.tables.OpsTables;
import org.millrace.jobs.tables.ViewDays;

/**
 * Audits what MATERIALIZE staged against each view's rules, and makes the views that pass visible,
 * one commit each. Metrics of all rules are kept, those of failed ones too.
 *
 * <p>Placement: driver only.
 */
public final class ValidateFeatures implements Room<ValidateFeatures.Result> {

  private final JobContext context;
  private final RunKey runKey;

  /** Prepares the room for some days. */
  public ValidateFeatures(JobContext context, RunKey runKey) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
  }

  /** Staged rows, and what is said of their number. */
  private record Unaudited(ViewDays wanted, StagedRows staged, List<RuleOutcome> volume) {}

  @Override
  public Verb verb() {
    return Verb.VALIDATE;
  }

  /**
   * What became visible.
   *
   * @param days the days that were asked for
   * @param rows what became of the rows
   * @param written rows by view's table
   * @param versions version by view's table
   */
  public record Result(
      DayRange days, RowCounts rows, Map<String, Long> written, Map<String, String> versions)
      implements RoomResult {
    @Override
    public boolean isIdle() {
      return versions.isEmpty();
    }

    @Override
    public String message() {
      return isIdle()
          ? "All views of " + days + " were valid before"
          : "Published " + versions.size() + " views";
    }
  }

  /**
   * Validates and publishes.
   *
   * @throws MillraceException of category DATA_CONTRACT where a view fails: views that pass are
   *     visible, the failed one is not; DEFINITION where the table cannot take a column's new type,
   *     and BUSY where another run works on days that had to be rewritten for it, likewise;
   *     INPUT_MISSING where a view is not staged
   */
  @Override
  public Result run(Lease lease) {
    List<Unaudited> unaudited = new ArrayList<>();
    for (FeatureViewDefinition view : context.pipeline().views()) {
      List<LocalDate> wanted = context.scope().days(view.table(), runKey.days());
      if (!wanted.isEmpty()) {
        table(view, lease).describe(runKey);
        ViewDays.undone(context.ledger(), view, wanted)
            .forEach(days -> unaudited.add(unaudited(days)));
      }
    }

    if (unaudited.isEmpty()) {
      return new Result(runKey.days(), RowCounts.NONE, Map.of(), Map.of());
    }

    List<AuditedDays> audits = SideBySide.map(unaudited, this::audit);
    keepMetrics(audits);
    PublishViews publish = new PublishViews(context, runKey, lease);
    Result result = publish.of(audits.stream().filter(AuditedDays::mayBeVisible).toList());
    throwIfAnyFailed(audits, publish.refusals());
    return result;
  }

  private Unaudited unaudited(ViewDays wanted) {
    StagedRows staged = staged(wanted);
    return new Unaudited(wanted, staged, volume(wanted.view(), staged.manifest()));
  }

  private AuditedDays audit(Unaudited days) {
    ViewDays wanted = days.wanted();
    FeatureViewDefinition view = wanted.view();
    context.progress().work(view.table());
    StagedRows staged = days.staged();
    ValidationReport report =
        ValidateRows.validate(staged.rows(), ValidationRules.of(view, view.rules()))
            .and(days.volume());
    context
        .progress()
        .say(
            verb().word(),
            view.name()
                + ": "
                + report.verdict()
                + ", "
                + report.outcomes().size()
                + " rules on "
                + report.rows()
                + " rows");
    return new AuditedDays(
        wanted, staged, report, ViewTable.refusal(context.lake(), wanted, staged));
  }

  private StagedRows staged(ViewDays wanted) {
    return new StagingArea(context.lake(), wanted.view().table())
        .find(wanted::isAsWanted)
        .orElseThrow(
            () ->
                new MillraceException(
                    ErrorCategory.INPUT_MISSING,
                    "Cannot validate "
                        + wanted.view().table()
                        + " of "
                        + wanted.days()
                        + ": nothing is staged for the current definition and inputs; run"
                        + " `millrace materialize` for "
                        + runKey.days()
                        + " first"));
  }

  private List<RuleOutcome> volume(FeatureViewDefinition view, StagedManifest staged) {
    return view
        .volumeTimes()
        .map(times -> UsualVolume.judge(staged.acceptedRows(), known(view.table()), times))
        .stream()
        .toList();
  }

  private NavigableMap<LocalDate, Long> known(String table) {
    TreeMap<LocalDate, Long> rows = new TreeMap<>();
    context.ledger().entries(table).forEach((day, entry) -> rows.put(day, entry.rows().accepted()));
    return rows;
  }

  private void keepMetrics(List<AuditedDays> audits) {
    Optional<Dataset<Row>> metrics =
        audits.stream()
            .map(
                audit ->
                    ValidationMetrics.rows(
                        context.spark(),
                        audit.report(),
                        audit.wanted().view().table(),
                        audit.wanted().days(),
                        runKey.toString(),
                        context.clock().instant()))
            .reduce(Dataset::unionByName);
    TableWriter writer =
        new TableWriter(
            context.lake(),
            OpsTables.VALIDATION_METRICS,
            "What each rule measured, by table and days",
            Map.of(),
            Optional.empty());
    metrics.ifPresent(rows -> writer.append(rows.coalesce(1), context.note(runKey, "", List.of())));
  }

  private ViewTable table(FeatureViewDefinition view, Lease lease) {
    return new ViewTable(context, view, lease);
  }

  private static void throwIfAnyFailed(
      List<AuditedDays> audits, List<MillraceException> whilePublishing) {
    List<MillraceException> endings = new ArrayList<>();
    for (AuditedDays audit : audits) {
      if (audit.report().verdict() == Verdict.FAIL) {
        String table = audit.wanted().view().table();
        endings.add(
            new MillraceException(
                ErrorCategory.DATA_CONTRACT,
                audit.report().failureMessage(table, audit.wanted().days())));
      }
    }

    audits.stream()
        .flatMap(audit -> audit.refusal().stream())
        .forEach(why -> endings.add(new MillraceException(ErrorCategory.DEFINITION, why)));
    endings.addAll(whilePublishing);
    if (!endings.isEmpty()) {
      MillraceException first = endings.get(0);
      throw new MillraceException(
          first.category(),
          endings.stream().map(MillraceException::getMessage).collect(Collectors.joining("\n")),
          first.getCause());
    }
  }
}
