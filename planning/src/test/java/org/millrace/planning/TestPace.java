package org.millrace.planning;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.definition.DefinitionSnapshot;
import org.millrace.contracts.ledger.ChangedOutside;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.PartitionNote;

class TestPace {
  private static final Instant START = Instant.parse("2013-02-01T05:00:00Z");

  private final List<LedgerEntry> entries = new ArrayList<>();

  private void make(String attempt, String object, int from, int to, int seconds) {
    for (int day = from; day <= to; day++) {
      entries.add(
          LedgerEntry.of(object, Partition.of(LocalDate.of(2013, 2, day)))
              .made(
                  new CommitNote("run", attempt, "f", List.of()),
                  new PartitionNote("f", RowCounts.accepted(1), "-"))
              .finishedAt(START.plusSeconds(seconds)));
    }
  }

  private Pace pace() {
    LedgerView ledger =
        new LedgerView() {
          @Override
          public NavigableMap<Partition, LedgerEntry> partitions(String object) {
            NavigableMap<Partition, LedgerEntry> found = new TreeMap<>();
            entries.stream()
                .filter(entry -> entry.object().equals(object))
                .forEach(entry -> found.put(entry.partition(), entry));
            return found;
          }

          @Override
          public List<LedgerEntry> history(String object, Partition partition) {
            return List.of();
          }

          @Override
          public Optional<ChangedOutside> difference(LedgerEntry entry) {
            return Optional.empty();
          }

          @Override
          public Optional<DefinitionSnapshot> definitions(String hash) {
            return Optional.empty();
          }
        };
    return new Pace(ledger, new TreeSet<>(entries.stream().map(LedgerEntry::object).toList()));
  }

  @Test
  void anObjectTakesTheTimeSinceTheOneBefore() {
    make("range", "raw.t", 1, 10, 20);
    make("range", "features.v", 1, 10, 50);
    make("night", "raw.t", 11, 11, 90_000);
    make("night", "features.v", 11, 11, 90_004);
    make("night", "predictions.m", 11, 11, 90_010);
    make("next", "raw.t", 12, 12, 180_000);
    make("next", "features.v", 12, 12, 180_003);

    assertThat(pace().seconds("features.v", 1)).as("the shorter night").hasValue(3);
    assertThat(pace().seconds("features.v", 9)).as("the range").hasValue(30);
    assertThat(pace().seconds("features.v", 20)).as("twice the range").hasValue(60);
    assertThat(pace().seconds("predictions.m", 1)).hasValue(6);
    assertThat(pace().seconds("raw.t", 1)).as("what is made first takes the start too").isEmpty();
    assertThat(pace().seconds("gate.m", 1)).isEmpty();
  }

  @Test
  void whatHasNoAttemptOrTookDaysSaysNothing() {
    make("", "raw.t", 1, 1, 20);
    make("", "features.v", 1, 1, 50);
    make("slept", "raw.t", 2, 2, 20);
    make("slept", "features.v", 2, 2, 90_000);

    assertThat(pace().seconds("features.v", 1)).isEmpty();
  }
}
