package org.millrace.jobs.plan;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.planning.CatchUp;
import org.millrace.planning.InputDays;
import org.millrace.planning.NewRows;
import org.millrace.planning.Plan;
import org.millrace.planning.Scope;

/** What is due when a pipeline catches up: what is lost, and what got other rows. Driver only. */
final class DueDays {
  private final Pipeline pipeline;
  private final PlanInputs inputs;
  private final Optional<Instant> championSince;

  /**
   * Prepares to tell what is due.
   *
   * @param championSince since when the version that scores holds the alias; empty if unknown
   */
  DueDays(Pipeline pipeline, PlanInputs inputs, Optional<Instant> championSince) {
    this.pipeline = requireNonNull(pipeline, "pipeline is null");
    this.inputs = requireNonNull(inputs, "inputs is null");
    this.championSince = requireNonNull(championSince, "championSince is null");
  }

  /**
   * The scope of what is due.
   *
   * @param planned makes the plan within a scope
   */
  Scope scope(Function<Scope, Plan> planned) {
    NewRows newRows = new NewRows(pipeline, inputs.ledger(), inputs.sources());
    return CatchUp.scope(
        planned,
        (object, partition, reasons) -> {
          LedgerEntry entry = inputs.ledger().partitions(object).get(partition);
          return entry != null && (mayBeOfAnotherVersion(entry) || newRows.areNone(entry, reasons));
        });
  }

  /**
   * Entries of earlier releases do not say who scored: by the clock, it was another version if the
   * one that scores now got the alias later.
   */
  private boolean mayBeOfAnotherVersion(LedgerEntry entry) {
    return entry.object().equals(pipeline.scoring().predictions())
        && entry.model().isEmpty()
        && entry.finishedAt().isBefore(championSince.orElse(Instant.MAX));
  }

  /** Sentences about days that an earlier definition made: late files of theirs are not found. */
  List<String> olderSources(DayRange among) {
    List<String> sentences = new ArrayList<>();
    for (SourceDefinition source : pipeline.sources()) {
      long days =
          InputDays.within(inputs.ledger().partitions(source.table()), among).values().stream()
              .filter(entry -> inputs.sources().isOfAnotherDefinition(source, entry.fingerprint()))
              .count();
      if (days > 0) {
        sentences.add(
            "%d days of %s were made by an earlier definition: late files of theirs are found by a run of these days"
                .formatted(days, source.table()));
      }
    }

    return sentences;
  }
}
