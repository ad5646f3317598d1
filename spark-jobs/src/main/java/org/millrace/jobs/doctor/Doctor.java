package org.millrace.jobs.doctor;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Outcome;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.contracts.ledger.CommitNote;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.features.lake.Lake;
import org.millrace.features.lease.Leases;
import org.millrace.features.lease.Leases.Held;
import org.millrace.features.ledger.Ledger;
import org.millrace.jobs.doctor.Finding.Kind;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Progress;

/**
 * Examines a lake: holds the ledger against all tables, lists what lies beside them, rebuilds a
 * lost ledger if asked, and finds out what became of a run. Of definitions it needs the zone of
 * days alone, and it writes nothing but the entries that it is asked to rebuild.
 *
 * <p>Placement: driver only.
 */
public final class Doctor {
  private static final String WORD = Verb.DOCTOR.word();
  private static final int MOST_IN_MESSAGE = 3;
  private static final int MOST_IN_LINE = 100;

  private final Lake lake;
  private final Leases leases;
  private final String attempt;
  private final Progress progress;

  /** Prepares an examination; nothing is read yet. */
  public Doctor(Lake lake, Leases leases, String attempt, Progress progress) {
    this.lake = requireNonNull(lake, "lake is null");
    this.leases = requireNonNull(leases, "leases is null");
    this.attempt = requireNonNull(attempt, "attempt is null");
    this.progress = requireNonNull(progress, "progress is null");
  }

  /**
   * Does what is asked.
   *
   * @return exit code 0 if nothing differs or the answer is definite, 65 if something differs
   * @throws MillraceException if a question about a run cannot be answered
   */
  public JobResult run(DoctorRequest request) {
    long start = System.nanoTime();
    JobResult result =
        request.publication().isPresent()
            ? publication(request, request.publication().get(), start)
            : examination(request, start);
    return result.withAttempt(attempt);
  }

  private JobResult publication(DoctorRequest request, String text, long start) {
    RunKey key =
        RunKey.parse(text)
            .orElseThrow(
                () ->
                    new MillraceException(
                        ErrorCategory.DEFINITION,
                        "Cannot look for '"
                            + text
                            + "': it is no run key such as"
                            + " my_model.publish.2024-03-01"));
    List<FindPublication.Committed> found =
        new FindPublication(lake, Ledger.open(lake), key, request.attempt()).run();
    found.forEach(committed -> progress.say(WORD, committed.toString()));
    String who = key + request.attempt().map(of -> ", attempt " + of).orElse("");
    String message =
        found.isEmpty()
            ? who + " committed nothing: no table has a commit of it; it is safe to run it again"
            : who + " committed: " + joined(found);
    return line(message, Map.of("commits", (long) found.size()), found, true, start);
  }

  private JobResult examination(DoctorRequest request, long start) {
    List<Held> held = leases.held();
    List<Finding> findings = new ArrayList<>();
    Map<String, Long> counts = new LinkedHashMap<>();
    Optional<Ledger> ledger = ledger(findings);
    if (ledger.isPresent()) {
      if (request.rebuildsLedger()) {
        rebuild(ledger.get(), counts, findings);
      }

      findings.addAll(new CompareTables(lake, ledger.get(), held).findings());
      findings.addAll(new CheckPins(lake, ledger.get()).findings());
      counts.put("tables", (long) lake.tables().size());
      counts.put("entries", entries(ledger.get()));
    }

    findings.addAll(new ListLeftovers(lake, held).findings());
    return said(findings, counts, start);
  }

  private void rebuild(Ledger ledger, Map<String, Long> counts, List<Finding> findings) {
    RebuildLedger rebuild = new RebuildLedger(lake, ledger, progress);
    List<LedgerEntry> made = rebuild.run(new CommitNote(WORD, attempt, "", List.of()));
    counts.put("rebuilt", (long) made.size());
    findings.addAll(rebuild.outOfReach());
    progress.say(WORD, made.size() + " entries were made from commits' notes");
    ledger.refresh();
  }

  private Optional<Ledger> ledger(List<Finding> findings) {
    try {
      return Optional.of(Ledger.open(lake));
    } catch (Exception e) { // Scala throws checked exceptions without declaring them
      if (e instanceof MillraceException wrong && wrong.category() == ErrorCategory.DEFINITION) {
        throw wrong; // the ledger is well
      }

      findings.add(
          new Finding(
              Kind.UNREADABLE,
              Ledger.TABLE,
              "",
              CompareTables.unreadable(Ledger.TABLE, e).text(),
              "nothing could be compared: restore the ledger's directory from a backup, or move it"
                  + " away and type `millrace doctor --lake --rebuild-ledger`"));
      return Optional.empty();
    }
  }

  private static long entries(Ledger ledger) {
    return ledger.objects().stream().mapToLong(object -> ledger.partitions(object).size()).sum();
  }

  private JobResult said(List<Finding> findings, Map<String, Long> counts, long start) {
    for (Finding finding : findings) {
      progress.say(WORD, finding.kind().word() + ": " + finding);
    }

    List<Finding> differences =
        findings.stream().filter(finding -> finding.kind().isDifference()).toList();
    counts.put("findings", (long) differences.size());
    for (Kind kind : Kind.values()) {
      counts.put(kind.word(), findings.stream().filter(finding -> finding.kind() == kind).count());
    }

    String message =
        differences.isEmpty()
            ? "nothing differs: the ledger's "
                + counts.get("entries")
                + " entries agree with "
                + counts.get("tables")
                + " tables"
            : differences.size() + " findings: " + joined(differences);
    return line(message, counts, findings, differences.isEmpty(), start);
  }

  private static String joined(List<?> all) {
    String first =
        String.join("; ", all.stream().limit(MOST_IN_MESSAGE).map(Object::toString).toList());
    int more = all.size() - MOST_IN_MESSAGE;
    return more > 0 ? first + "; and " + more + " more" : first;
  }

  private static JobResult line(
      String message, Map<String, Long> counts, List<?> found, boolean isWell, long start) {
    Map<String, String> values = new LinkedHashMap<>();
    for (Object one : found.subList(0, Math.min(found.size(), MOST_IN_LINE))) {
      values.put("finding." + (values.size() + 1), one.toString());
    }

    ErrorCategory category = isWell ? null : ErrorCategory.DATA_CONTRACT;
    return new JobResult(
        WORD,
        "",
        isWell ? Outcome.DONE : Outcome.FAILED,
        isWell ? 0 : ErrorCategory.DATA_CONTRACT.exitCode(),
        category,
        message,
        counts,
        Map.of(),
        Map.of(),
        values,
        JobContext.secondsSince(start),
        "",
        List.of());
  }
}
