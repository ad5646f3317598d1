package org.millrace.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.PartitionNote;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.plan.RunOptions;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;
import org.millrace.jobs.room.RoomResult;
import org.millrace.jobs.room.RoomRunner;
import org.millrace.jobs.testing.GateHouse;
import org.millrace.jobs.testing.TestRooms;

/** How a run goes on and ends, by how its rooms end; the rooms themselves do nothing here. */
@Tag("slow")
class TestRunPipeline {
  private static final RunKey TRAINS = TestRooms.key("run", "2013-01-01", "2013-01-20");
  private static final RunKey TRAINS_AND_SCORES = TestRooms.key("run", "2013-01-01", "2013-01-21");

  @TempDir Path home;

  private GateHouse house;
  private final Map<Verb, MillraceException> failures = new EnumMap<>(Verb.class);

  @BeforeEach
  void build() {
    house = new GateHouse(home);
  }

  /** A room that ends as it was told; INGEST notes its days, so that nothing waits for them. */
  private record Ending(
      JobContext context, Verb verb, RunKey key, Optional<MillraceException> failure)
      implements Room<Ending.Did> {
    private record Did(String message) implements RoomResult {
      @Override
      public boolean isIdle() {
        return false;
      }
    }

    @Override
    public Did run(Lease lease) {
      if (failure.isPresent()) {
        throw failure.get();
      }

      if (verb == Verb.INGEST) {
        noteDays();
      }

      return new Did("did " + verb);
    }

    private void noteDays() {
      CommitNote note = context.note(key, "", List.of());
      List<LedgerEntry> entries = new ArrayList<>();
      for (SourceDefinition source : context.pipeline().sources()) {
        List<Partition> partitions =
            source.day().isEmpty()
                ? List.of(Partition.whole())
                : key.days().days().stream().map(Partition::of).toList();
        for (Partition partition : partitions) {
          entries.add(
              LedgerEntry.of(source.table(), partition)
                  .made(note, new PartitionNote("rows", RowCounts.NONE, PartitionNote.UNJUDGED))
                  .finishedAt(Instant.EPOCH));
        }
      }

      context.ledger().append(entries, note);
    }
  }

  private JobResult run(RunKey key) {
    JobContext context = house.context();
    return new RunPipeline(
            context,
            key,
            new RoomRunner(context, Duration.ZERO, Optional.empty()),
            (within, verb, of) ->
                new Ending(within, verb, of, Optional.ofNullable(failures.get(verb))),
            RunOptions.NONE)
        .run();
  }

  private void rejects() {
    failures.put(
        Verb.GATE, new MillraceException(ErrorCategory.GATE_REJECTED, "Cannot promote it"));
  }

  private static List<String> verbs(JobResult result) {
    return result.steps().stream().map(JobResult::verb).toList();
  }

  private List<String> kept() {
    JobContext context = house.context();
    return context
        .lake()
        .read(context.lake().require("ops.runs", "run"))
        .orderBy("place")
        .select("verb", "category")
        .collectAsList()
        .stream()
        .map(Row::mkString)
        .toList();
  }

  @Test
  void aRejectionEndsARunThatScoresNothing() {
    house.candidate(1, 0.1);
    house.moveByHand("1");
    rejects();

    JobResult result = run(TRAINS);

    assertThat(result.exitCode()).isEqualTo(ErrorCategory.GATE_REJECTED.exitCode());
    assertThat(verbs(result)).endsWith("train", "gate");
  }

  @Test
  void aRejectionIsPassedOverWhereItsDaysAreScored() {
    house.candidate(1, 0.1);
    house.moveByHand("1");
    rejects();

    JobResult result = run(TRAINS_AND_SCORES);

    assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.DONE);
    assertThat(verbs(result)).endsWith("gate", "score", "publish", "monitor", "report");
  }

  @Test
  void aRejectionWithoutAnyChampionEndsTheRun() {
    rejects();

    JobResult result = run(TRAINS_AND_SCORES);

    assertThat(result.exitCode()).isEqualTo(ErrorCategory.GATE_REJECTED.exitCode());
    assertThat(verbs(result)).endsWith("gate");
  }

  @Test
  void aRegistryThatDoesNotAnswerAfterARejectionIsLeftToScoring() {
    rejects();
    house.store.up = false;
    failures.put(Verb.SCORE, new MillraceException(ErrorCategory.EXTERNAL, "Cannot reach it"));

    JobResult result = run(TRAINS_AND_SCORES);

    assertThat(verbs(result))
        .containsExactly(
            "ingest", "materialize", "validate", "training-set", "train", "gate", "score");
    assertThat(result.exitCode()).isEqualTo(ErrorCategory.EXTERNAL.exitCode());
    assertThat(house.said).anyMatch(text -> text.startsWith("the champion is unknown: Cannot "));
    assertThat(kept())
        .containsExactly(
            "ingestnull",
            "materializenull",
            "validatenull",
            "training-setnull",
            "trainnull",
            "gateGATE_REJECTED",
            "scoreEXTERNAL");
  }

  @Test
  void saysThatDaysOfTrainingAreOnlyScored() {
    assertThat(verbs(run(TestRooms.key("run", "2013-01-02", "2013-01-21"))))
        .contains("score")
        .doesNotContain("train");
    assertThat(house.said).anyMatch(text -> text.contains("nothing is trained"));

    house.said.clear();
    run(TRAINS_AND_SCORES);
    run(TestRooms.key("run", "2013-01-21", "2013-01-21"));
    assertThat(house.said).noneMatch(text -> text.contains("nothing is trained"));
  }

  @Test
  void aReportThatFailsIsKept() {
    failures.put(Verb.REPORT, new MillraceException(ErrorCategory.INPUT_MISSING, "Cannot report"));

    JobResult result = run(TestRooms.key("run", "2013-01-21", "2013-01-21"));

    assertThat(result.exitCode()).isEqualTo(ErrorCategory.INPUT_MISSING.exitCode());
    assertThat(kept())
        .containsExactly(
            "ingestnull",
            "materializenull",
            "validatenull",
            "scorenull",
            "publishnull",
            "monitornull",
            "reportINPUT_MISSING");
  }
}
