package org.millrace.jobs.train;

import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.registry.ModelVersion;

/**
 * A version with the counts that its ledger entry needs. They are tags of the version too, so that
 * a run that was killed before the entry is taken up without a second training. Driver only.
 *
 * @param version as registered
 * @param rowsUsed rows trained on
 * @param rowsExcluded rows left out by the definition's condition
 */
record RegisteredCandidate(ModelVersion version, long rowsUsed, long rowsExcluded) {
  private static final String FINGERPRINT = "millrace.fingerprint";
  private static final String USED = "millrace.rows_used";
  private static final String EXCLUDED = "millrace.rows_excluded";

  static RegisteredCandidate of(ModelVersion version, TrainedCandidate trained) {
    return new RegisteredCandidate(version, trained.rowsUsed(), trained.rowsExcluded());
  }

  /** The version, where it was registered with this fingerprint and its counts. */
  static Optional<RegisteredCandidate> of(ModelVersion version, String fingerprint) {
    Map<String, String> tags = version.tags();
    return fingerprint.equals(tags.get(FINGERPRINT))
            && tags.containsKey(USED)
            && tags.containsKey(EXCLUDED)
        ? Optional.of(new RegisteredCandidate(version, count(tags, USED), count(tags, EXCLUDED)))
        : Optional.empty();
  }

  private static long count(Map<String, String> tags, String tag) {
    return Long.parseLong(tags.getOrDefault(tag, "0"));
  }

  static Map<String, String> tags(TrainedCandidate trained) {
    return Map.of(
        USED, Long.toString(trained.rowsUsed()), EXCLUDED, Long.toString(trained.rowsExcluded()));
  }

  /** The rows of the training slice; those that were left out are refused. */
  RowCounts rows() {
    return new RowCounts(rowsUsed + rowsExcluded, rowsUsed, 0, rowsExcluded, 0);
  }
}
