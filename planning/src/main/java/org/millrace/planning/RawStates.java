package org.millrace.planning;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.millrace.contracts.Partition;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.contracts.ledger.LedgerEntry;

/** What is to be said of the partitions of raw tables, by what is known of their files. */
final class RawStates {
  private final LedgerView ledger;
  private final SourceDays sources;
  private final Judge judge;

  RawStates(LedgerView ledger, SourceDays sources, Judge judge) {
    this.ledger = ledger;
    this.sources = requireNonNull(sources, "sources is null");
    this.judge = judge;
  }

  /** Judges a day, or the whole of a table without days, and remembers the answer. */
  State state(SourceDefinition source, Optional<LocalDate> day) {
    Partition partition = day.map(Partition::of).orElse(Partition.whole());
    Optional<LedgerEntry> entry =
        Optional.ofNullable(ledger.partitions(source.table()).get(partition));
    SourceDays.Known known = sources.of(source, day);
    Recipe none = new Recipe("the definition of " + source.table(), List.of());
    State state;
    if (known instanceof SourceDays.NoFiles files) {
      state = new State.Blocked(List.of(Reason.of(Reason.Kind.NO_FILES, files.why())));
    } else if (entry.isEmpty()) {
      state = new State.Undone(List.of(Reason.of(Reason.Kind.NEVER_MADE, "")));
    } else if (day.isPresent()
        && sources.isOfAnotherDefinition(source, entry.get().fingerprint())) {
      state = judge.compare(entry.get(), "of another definition", none);
    } else if (known instanceof SourceDays.Read read) {
      state = judge.compare(entry.get(), read.fingerprint(), none);
      boolean isOfEqualRows = sources.areOfEqualRows(entry.get().fingerprint(), read.fingerprint());
      state = state instanceof State.Undone undone && !isOfEqualRows ? rowsChanged(undone) : state;
    } else {
      state = judge.compare(entry.get(), entry.get().fingerprint(), none);
      state =
          state instanceof State.Done
              ? new State.Unsure(entry.get(), Reason.of(Reason.Kind.FILES_CHANGED, ""))
              : state;
    }

    state = judge.restated(source.table(), partition, state);
    Optional<String> fingerprint =
        known instanceof SourceDays.Read read ? Optional.of(read.fingerprint()) : Optional.empty();
    return judge.remember(
        source.table(), partition, state, new Judge.Outcome(fingerprint, Optional.empty()));
  }

  private static State rowsChanged(State.Undone undone) {
    return new State.Undone(
        undone.reasons().stream()
            .map(
                reason ->
                    reason.kind() == Reason.Kind.DEFINITION_CHANGED
                        ? Reason.of(Reason.Kind.ROWS_CHANGED, "")
                        : reason)
            .toList());
  }
}
