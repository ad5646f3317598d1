package org.millrace.jobs.train;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Output;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.Verb;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.room.JobContext;

/** What the ledger says of the newest candidate. Driver only. */
final class CandidateEntry {
  private final JobContext context;
  private final RunKey runKey;
  private final String model;

  CandidateEntry(JobContext context, RunKey runKey) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
    this.model = context.pipeline().training().model();
  }

  /** Whether the ledger has a candidate of a definition and a training set. */
  boolean isOf(String fingerprint) {
    return context.ledger().isDone(LedgerObjects.candidate(model), Partition.whole(), fingerprint);
  }

  /**
   * Whether the registry has the candidate that the ledger names. If it does not answer, the ledger
   * is believed; what is found otherwise is said.
   */
  boolean isRegistered(String fingerprint) {
    LedgerEntry named =
        context
            .ledger()
            .require(LedgerObjects.candidate(model), Partition.whole(), Verb.TRAIN.word());
    String number = named.output().version();
    try {
      ModelRegistry registry = context.registry().get();
      boolean isThere =
          registry
              .byVersion(model, number)
              .flatMap(version -> RegisteredCandidate.of(version, fingerprint))
              .isPresent();
      if (!isThere) {
        say(
            "%s/%s of %s is not in %s: it is trained again"
                .formatted(model, number, named.runKey(), registry.location()));
      }

      return isThere;
    } catch (MillraceException e) {
      if (e.category() != ErrorCategory.EXTERNAL) {
        throw e;
      }

      say("the ledger is believed: " + e.getMessage());
      return true;
    }
  }

  private void say(String text) {
    context.progress().say(Verb.TRAIN.word(), text);
  }

  /**
   * Enters a candidate that was registered.
   *
   * @param table its training set
   */
  void append(RegisteredCandidate candidate, TableVersion table, String fingerprint, Lease lease) {
    CommitNote note = context.note(runKey, fingerprint, List.of(table));
    List<LedgerEntry> entries = new ArrayList<>();
    entries.add(
        LedgerEntry.of(LedgerObjects.candidate(model), Partition.whole())
            .made(note, new PartitionNote(fingerprint, candidate.rows(), PartitionNote.UNJUDGED))
            .output(new Output.Model(candidate.version().version()))
            .finishedAt(context.clock().instant()));
    if (isOf(fingerprint)) {
      undecided().ifPresent(entries::add);
    }

    lease.requireHeld();
    context.ledger().append(entries, note);
  }

  /** A verdict on a version that is gone is none on the one that takes its place. */
  private Optional<LedgerEntry> undecided() {
    RunKey gate = new RunKey(runKey.pipeline(), Verb.GATE.word(), runKey.days()); // what mends it
    CommitNote note = context.note(gate, "", List.of());
    return context
        .ledger()
        .entry(LedgerObjects.verdict(model), Partition.whole())
        .map(
            given ->
                LedgerEntry.of(given.object(), given.partition())
                    .made(note, new PartitionNote("", RowCounts.NONE, PartitionNote.UNJUDGED))
                    .pending()
                    .finishedAt(context.clock().instant()));
  }
}
