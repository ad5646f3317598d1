package org.millrace.jobs.doctor;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.millrace.contracts.Claim;
import org.millrace.features.lake.Lake;
import org.millrace.features.lease.Leases.Held;
import org.millrace.features.staging.StagedDirectory;
import org.millrace.features.staging.StagedManifest;
import org.millrace.jobs.doctor.Finding.Kind;
import org.millrace.jobs.tables.LakePlaces;
import org.millrace.registry.outbox.LineageOutbox;

/** Lists what lies beside the tables: staged rows, leases, records that wait. Driver only. */
final class ListLeftovers {
  private final Lake lake;
  private final List<Held> leases;

  ListLeftovers(Lake lake, List<Held> leases) {
    this.lake = requireNonNull(lake, "lake is null");
    this.leases = List.copyOf(leases);
  }

  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    for (StagedDirectory directory : StagedDirectory.all(lake)) {
      try {
        findings.add(staged(directory));
      } catch (Exception e) { // a broken manifest does not hide the others
        findings.add(CompareTables.unreadable("staging of " + directory.object(), e));
      }
    }

    leases.forEach(held -> findings.add(lease(held)));
    waiting().ifPresent(findings::add);
    return findings;
  }

  private Finding staged(StagedDirectory directory) {
    String size = directory.sizeBytes() + " bytes in " + directory.path();
    Optional<StagedManifest> manifest = directory.manifest();
    if (manifest.isPresent()) {
      StagedManifest whole = manifest.get();
      return new Finding(
          Kind.STAGED,
          directory.object(),
          whole.days().toString(),
          "staged by "
              + whole.runKey()
              + ", attempt "
              + whole.attempt()
              + ", "
              + whole.totalRows().accepted()
              + " rows, "
              + size,
          "");
    }

    boolean isAtWork =
        leases.stream()
            .filter(held -> !held.isOver())
            .flatMap(held -> held.claims().stream())
            .map(Claim::object)
            .anyMatch(directory.object()::equals);
    return new Finding(
        isAtWork ? Kind.AT_WORK : Kind.STAGED_UNFINISHED,
        directory.object(),
        directory.name(),
        "staged rows that were never finished, " + size,
        isAtWork ? "" : "the next run of these days removes them; they can be deleted");
  }

  private static Finding lease(Held held) {
    return new Finding(
        held.isOver() ? Kind.LEASE_OVER : Kind.LEASE,
        held.claims().stream()
            .map(Claim::toString)
            .reduce((a, b) -> a + ", " + b)
            .orElse("nothing"),
        "",
        "held by "
            + held.holder()
            + " since "
            + held.since()
            + (held.holder().isKnownDead() ? ", which is dead" : "")
            + (held.isOver() ? "; the next run that needs it gets it" : ""),
        "");
  }

  private Optional<Finding> waiting() {
    int records = new LineageOutbox(LakePlaces.outbox(lake)).size();
    return records == 0
        ? Optional.empty()
        : Optional.of(
            new Finding(
                Kind.OUTBOX,
                "outbox",
                "",
                records + " run records wait for the registry",
                "they go out with the next publication that reaches it"));
  }
}
