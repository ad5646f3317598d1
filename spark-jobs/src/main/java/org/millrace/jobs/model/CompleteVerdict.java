package org.millrace.jobs.model;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import org.millrace.contracts.Output;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.room.JobContext;

/**
 * What follows from a recorded verdict: the registry gets it, the alias is moved to a version that
 * passed, the ledger knows. Done again after a kill, it changes nothing that was done. Driver only.
 */
public final class CompleteVerdict {
  private final JobContext context;
  private final RunKey runKey;

  /** Prepares for the pipeline that the run key names. */
  public CompleteVerdict(JobContext context, RunKey runKey) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
  }

  /**
   * Completes.
   *
   * @param candidate version that was judged
   * @param champion holder of the alias now; empty for none
   * @param object the ledger's name of the verdict
   * @param set training set whose gate's slice it was judged on; empty if no rows were read
   * @param lease of the model's verdict
   * @throws org.millrace.contracts.MillraceException of category BUSY if someone else moved the
   *     alias meanwhile, or took the lease over
   */
  public void complete(
      VerdictRecord verdict,
      ModelVersion candidate,
      Optional<ModelVersion> champion,
      String object,
      Optional<TableVersion> set,
      Lease lease) {
    lease.requireHeld();
    new TellVerdict(context).tell(verdict, candidate, set);
    boolean promotes = verdict.decision().verdict().promotes();
    Optional<String> holder = champion.map(ModelVersion::version);
    if (promotes && !holder.equals(Optional.of(verdict.candidate()))) {
      new AliasMoves(context, runKey, context.pipeline().scoring()).move(holder, verdict, lease);
    }

    CommitNote note =
        context.note(runKey, verdict.fingerprint(), set.map(List::of).orElse(List.of()));
    lease.requireHeld();
    context.ledger().append(List.of(entry(object, verdict, note)), note);
    if (promotes) {
      Champion.resolve(context); // what it needs is made from the next night on
    }
  }

  private LedgerEntry entry(String object, VerdictRecord verdict, CommitNote note) {
    PartitionNote decided =
        new PartitionNote(
            verdict.fingerprint(),
            RowCounts.accepted(verdict.rows()),
            verdict.decision().verdict().name());
    return LedgerEntry.of(object, Partition.whole())
        .made(note, decided)
        .output(new Output.Model(verdict.candidate()))
        .finishedAt(context.clock().instant());
  }
}
