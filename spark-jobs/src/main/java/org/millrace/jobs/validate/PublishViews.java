package org.millrace.jobs.validate;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.features.lease.Lease;
import org.millrace.features.staging.StagedManifest;
import org.millrace.jobs.room.JobContext;

/**
 * Makes audited days visible, view by view. What stands in the way of one view alone leaves the
 * others their turn. Driver only.
 */
final class PublishViews {
  private final JobContext context;
  private final RunKey runKey;
  private final Lease lease;
  private final List<MillraceException> refusals = new ArrayList<>();

  PublishViews(JobContext context, RunKey runKey, Lease lease) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.lease = requireNonNull(lease, "lease is null");
  }

  /** Publishes what passed its audit; {@link #refusals} says what it could not. */
  ValidateFeatures.Result of(List<AuditedDays> passed) {
    Map<String, Long> written = new LinkedHashMap<>();
    Map<String, String> versions = new LinkedHashMap<>();
    RowCounts rows = RowCounts.NONE;
    DailyAggregates daily = new DailyAggregates(context, runKey, lease);
    daily.announce(
        passed.stream()
            .map(AuditedDays::wanted)
            .filter(days -> days.view().isKeptDaily())
            .toList());
    for (AuditedDays audit : passed) {
      context.progress().work(audit.wanted().view().table());
      try {
        TableVersion version = publish(audit, daily);
        written.merge(version.table(), audit.report().rows(), Long::sum);
        versions.put(version.table(), Long.toString(version.version()));
        rows = rows.plus(audit.staged().manifest().totalRows());
      } catch (MillraceException e) {
        if (e.category() != ErrorCategory.BUSY && e.category() != ErrorCategory.DEFINITION) {
          throw e;
        }

        lease.requireHeld(); // without it no other view could be published either
        refusals.add(e);
      }
    }

    return new ValidateFeatures.Result(runKey.days(), rows, written, versions);
  }

  /** Why views that passed are not visible, in their order. */
  List<MillraceException> refusals() {
    return List.copyOf(refusals);
  }

  private TableVersion publish(AuditedDays audit, DailyAggregates daily) {
    StagedManifest manifest = audit.staged().manifest();
    CommitNote note =
        context
            .note(runKey, audit.wanted().fingerprint(), manifest.inputs())
            .with(audit.wanted().partitions(manifest, audit.report().verdict().name()));
    TableVersion version =
        new ViewTable(context, audit.wanted().view(), lease)
            .publish(audit.wanted(), audit.staged(), note, daily);
    audit.staged().discard();
    return version;
  }
}
