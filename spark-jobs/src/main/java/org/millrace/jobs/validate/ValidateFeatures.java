package org.millrace.jobs.validate;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.features.lake.CommitNote;
import org.millrace.features.lake.LedgerEntry;
import org.millrace.features.lake.StagedRows;
import org.millrace.features.lake.TableWriter;
import org.millrace.features.validation.ValidateRows;
import org.millrace.features.validation.ValidationMetrics;
import org.millrace.features.validation.ValidationReport;
import org.millrace.features.validation.ValidationReport.Verdict;
import org.millrace.features.validation.ValidationRules;
import org.millrace.jobs.JobContext;
import org.millrace.jobs.tables.FeatureTableColumns;
import org.millrace.jobs.tables.OpsTables;
import org.millrace.jobs.tables.ViewDays;

/**
 * Audits what MATERIALIZE staged against each view's rules, and makes the views that pass visible,
 * one commit each. Metrics of all rules are kept, those of failed ones too.
 *
 * <p>Placement: driver only.
 */
public final class ValidateFeatures {
  private static final String ROOM = "validate";

  private final JobContext context;
  private final RunKey runKey;

  /** Prepares the room for some days. */
  public ValidateFeatures(JobContext context, RunKey runKey) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
  }

  /** Staged rows and what the rules say of them. */
  private record Audited(ViewDays wanted, StagedRows staged, ValidationReport report) {}

  /**
   * Validates and publishes.
   *
   * @throws MillraceException of category DATA_CONTRACT where a view fails: views that pass are
   *     visible, the failed one is not; INPUT_MISSING where a view is not staged
   */
  public JobResult validate() {
    long start = System.nanoTime();
    List<Audited> audits = new ArrayList<>();
    for (FeatureViewDefinition view : context.definitions().views().values()) {
      ViewDays.undone(context.ledger(), view, runKey.days())
          .map(this::audit)
          .ifPresent(audits::add);
    }

    if (audits.isEmpty()) {
      return JobResult.nothingToDo(
          runKey.toString(),
          "All views of " + runKey.days() + " were valid before",
          JobContext.secondsSince(start));
    }

    keepMetrics(audits);
    JobResult result =
        publish(
            audits.stream().filter(audit -> audit.report().verdict() == Verdict.PASS).toList(),
            start);
    throwIfAnyFailed(audits);
    return result;
  }

  private Audited audit(ViewDays wanted) {
    String directory = wanted.directory(context.lake());
    StagedRows staged =
        StagedRows.find(context.lake(), directory)
            .orElseThrow(
                () ->
                    new MillraceException(
                        ErrorCategory.INPUT_MISSING,
                        "Cannot validate "
                            + wanted.view().table()
                            + " of "
                            + wanted.days()
                            + ": nothing is staged for the definition and inputs of now; run `millrace materialize` for "
                            + runKey.days()
                            + " first"));
    FeatureViewDefinition view = wanted.view();
    ValidationReport report =
        ValidateRows.validate(
            staged.rows(), ValidationRules.of(view, context.definitions().rules(view)));
    context
        .progress()
        .say(
            ROOM,
            view.name()
                + ": "
                + report.verdict()
                + ", "
                + report.outcomes().size()
                + " rules on "
                + report.rows()
                + " rows");
    return new Audited(wanted, staged, report);
  }

  private void keepMetrics(List<Audited> audits) {
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

  private JobResult publish(List<Audited> passed, long start) {
    Map<String, Long> counts = new LinkedHashMap<>();
    Map<String, String> versions = new LinkedHashMap<>();
    List<LedgerEntry> entries = new ArrayList<>();
    DailyAggregates daily = new DailyAggregates(context, runKey);
    daily.announce(
        passed.stream().map(Audited::wanted).filter(days -> days.view().isKeptDaily()).toList());
    for (Audited audit : passed) {
      if (audit.wanted().view().isKeptDaily()) {
        entries.addAll(daily.keep(audit.wanted(), audit.staged()));
      }

      TableVersion version = commit(audit);
      counts.put(version.table(), audit.report().rows());
      versions.put(version.table(), Long.toString(version.version()));
      entries.addAll(
          audit.staged().manifest().published(runKey, version, context.clock().instant()));
    }

    long rows = counts.values().stream().mapToLong(Long::longValue).sum();
    counts.put("rows_in", rows);
    counts.put("rows_out", rows);
    context.ledger().append(entries, context.note(runKey, "", List.of()));
    passed.forEach(audit -> audit.staged().discard());
    return JobResult.done(
        runKey.toString(),
        "Published " + versions.size() + " views",
        counts,
        versions,
        JobContext.secondsSince(start));
  }

  private TableVersion commit(Audited audit) {
    FeatureViewDefinition view = audit.wanted().view();
    TableWriter writer =
        new TableWriter(
            context.lake(),
            view.table(),
            view.description(),
            FeatureTableColumns.comments(view),
            Optional.of(FeatureTableColumns.KNOWN_DATE));
    CommitNote note =
        context.note(runKey, audit.wanted().fingerprint(), audit.staged().manifest().inputs());
    return writer.replaceDays(audit.staged().rows(), audit.wanted().days(), note);
  }

  private static void throwIfAnyFailed(List<Audited> audits) {
    List<String> failures =
        audits.stream()
            .filter(audit -> audit.report().verdict() == Verdict.FAIL)
            .map(
                audit ->
                    audit
                        .report()
                        .failureMessage(audit.wanted().view().table(), audit.wanted().days()))
            .toList();
    if (!failures.isEmpty()) {
      throw new MillraceException(ErrorCategory.DATA_CONTRACT, String.join("\n", failures));
    }
  }
}
