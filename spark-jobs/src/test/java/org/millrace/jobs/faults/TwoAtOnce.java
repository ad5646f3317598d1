package org.millrace.jobs.faults;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.millrace.contracts.ArmedFault;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.jobs.faults.FaultCell.Way;
import org.millrace.jobs.room.JobContext;

/**
 * A program that stands still at a fault point while another one is given the same command: first
 * refused, then, as if an hour had passed without a sign of life, let in. The program that stood
 * still goes on afterwards.
 *
 * @param fault where the first one stands still
 * @param way ERROR for two in this JVM, HALT for a process of its own
 */
record TwoAtOnce(FaultLake lake, String fault, Way way, List<String> steps) {
  /** What went wrong, empty if nothing did. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    int[] first = {-1};
    if (way == Way.HALT) {
      FaultProgram program = FaultProgram.paused(lake, fault, steps.toArray(String[]::new));
      second(problems);
      first[0] = program.goOn();
    } else {
      ArmedFault.during(
          fault,
          () -> beside(() -> second(problems)),
          () -> first[0] = run(lake.context()).exitCode());
    }

    // who stood still past its last write is done, who did not has lost its lease
    if (first[0] != 0 && first[0] != ErrorCategory.BUSY.exitCode()) {
      problems.add("the first ended with " + first[0]);
    }

    return problems;
  }

  private void second(List<String> problems) {
    JobResult refused = run(lake.context());
    if (refused.exitCode() != ErrorCategory.BUSY.exitCode()) {
      problems.add("the second was not refused: " + refused.message());
    }

    JobResult letIn = run(lake.context(Clock.offset(Clock.systemUTC(), Duration.ofHours(1))));
    if (letIn.exitCode() != 0) {
      problems.add("the second did not take over: " + letIn.message());
    }
  }

  /** The steps up to the first that fails; the result of the last. */
  private JobResult run(JobContext context) {
    JobResult result = FaultRooms.command(context, steps.get(0));
    for (int step = 1; step < steps.size() && result.exitCode() == 0; step++) {
      result = FaultRooms.command(context, steps.get(step));
    }

    return result;
  }

  /** Does work in a thread of its own, as Delta keeps one transaction a thread. */
  static void beside(Runnable work) {
    Executor threads = run -> new Thread(run).start();
    CompletableFuture.runAsync(work, threads).join();
  }
}
