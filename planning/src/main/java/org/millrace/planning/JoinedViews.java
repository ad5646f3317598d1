package org.millrace.planning;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;

/** Which views a training set was joined to. */
public final class JoinedViews {
  private JoinedViews() {}

  /**
   * The views of a set that was joined to all that are wanted and to others: those of the version
   * that scored when it was built. It is up to date as long as none of all these changed, since a
   * version that took that one's place changes nothing of what is trained on.
   *
   * @param set the newest
   * @return empty if it was joined to no others, to fewer, or to one that is defined no more
   */
  public static Optional<List<FeatureViewDefinition>> more(Pipeline pipeline, LedgerEntry set) {
    Set<String> read = CommitNote.readVersions(set.inputVersions()).keySet();
    List<FeatureViewDefinition> joined = new ArrayList<>(pipeline.candidateViews());
    pipeline.defined().stream()
        .filter(view -> !joined.contains(view) && read.contains(view.table()))
        .forEach(joined::add);
    List<FeatureViewDefinition> wanted = pipeline.views();
    return joined.size() > wanted.size() && joined.containsAll(wanted)
        ? Optional.of(joined)
        : Optional.empty();
  }
}
