package org.millrace.jobs.report;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Map;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;
import org.millrace.jobs.room.RoomResult;
import org.millrace.jobs.tables.LakePlaces;

/**
 * Writes the HTML report of a model from what the other rooms left: evaluations, monitoring tables,
 * runs, ledger, the model's own files. It reads the lake only: no registry is asked.
 *
 * <p>Placement: driver only.
 */
public final class WriteReport implements Room<WriteReport.Result> {
  private final JobContext context;
  private final RunKey runKey;

  /** Prepares the room for the model that the run key names. */
  public WriteReport(JobContext context, RunKey runKey) {
    this.context = requireNonNull(context, "context is null");
    this.runKey = requireNonNull(runKey, "runKey is null");
  }

  @Override
  public Verb verb() {
    return Verb.REPORT;
  }

  /**
   * What was written.
   *
   * @param file the page
   */
  public record Result(Path file) implements RoomResult {
    @Override
    public boolean isIdle() {
      return false;
    }

    @Override
    public String message() {
      return "Wrote " + file;
    }

    @Override
    public Map<String, String> values() {
      return Map.of("report", file.toString());
    }
  }

  /**
   * Writes the report; an earlier one is replaced in one step.
   *
   * @throws org.millrace.contracts.MillraceException of category INPUT_MISSING where no run of this
   *     lake has had a champion yet
   */
  @Override
  public Result run(Lease lease) {
    Path file = LakePlaces.report(context.lake(), runKey.pipeline());
    HtmlReport.write(new GatherReport(context, runKey.pipeline()).gather(), file);
    context.progress().say(verb().word(), file.toString());
    return new Result(file);
  }
}
