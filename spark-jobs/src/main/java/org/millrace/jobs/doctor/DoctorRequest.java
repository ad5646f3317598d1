package org.millrace.jobs.doctor;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * What is asked of the doctor.
 *
 * @param rebuildsLedger true to enter into the ledger what commits say and it does not know
 * @param publication a run key, to look for its commits instead of examining the lake
 * @param attempt the start of the program that is meant; empty for all of that run key
 */
public record DoctorRequest(
    boolean rebuildsLedger, Optional<String> publication, Optional<String> attempt) {
  /** Checks that all is present. */
  public DoctorRequest {
    requireNonNull(publication, "publication is null");
    requireNonNull(attempt, "attempt is null");
  }
}
