package org.millrace.jobs.run;

import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;

/** Opens the rooms of a run. */
@FunctionalInterface
public interface RoomOpener {
  /** A room, ready to run. */
  Room<?> open(JobContext context, Verb verb, RunKey key);
}
