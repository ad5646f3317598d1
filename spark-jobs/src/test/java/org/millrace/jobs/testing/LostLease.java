package org.millrace.jobs.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.features.lease.Lease;
import org.millrace.features.lease.Leases;
import org.millrace.jobs.room.Claims;
import org.millrace.jobs.room.JobContext;

/** Another program that takes a lease over, an hour after its holder renewed it last. */
public final class LostLease {
  private LostLease() {}

  /** Takes over what a verb claims, and gives it back: the former holder has lost it. */
  public static void takeOver(JobContext holder, RunKey key, Verb verb) {
    Clock later = Clock.fixed(holder.clock().instant().plus(Duration.ofHours(1)), ZoneOffset.UTC);
    try (Leases leases = new Leases(holder.lake(), later, Duration.ofMinutes(5), () -> {});
        Lease lease =
            leases.acquire(
                key,
                "another attempt",
                Claims.of(verb, holder.pipeline(), key.days()),
                Duration.ZERO)) {
      lease.requireHeld();
    }
  }
}
