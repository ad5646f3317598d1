package org.millrace.jobs.model;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.millrace.contracts.Digest;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.contracts.registry.RunRecord;
import org.millrace.jobs.lineage.Lineage;
import org.millrace.jobs.room.JobContext;

/**
 * Tells the registry a verdict that is recorded: as tags of the version and as a run. Everything
 * comes from the record, so that telling it again after a kill changes nothing. Driver only.
 */
final class TellVerdict {
  private static final String ROOM = "gate";
  private static final String PREFIX = "millrace.gate.";

  private final JobContext context;

  TellVerdict(JobContext context) {
    this.context = requireNonNull(context, "context is null");
  }

  void tell(VerdictRecord verdict, ModelVersion candidate, Optional<TableVersion> set) {
    ModelRegistry registry = context.registry().get();
    registry.tagVersion(verdict.model(), verdict.candidate(), tags(verdict));
    registry.logRun(run(verdict, candidate, set));
  }

  private static Map<String, String> tags(VerdictRecord verdict) {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put(PREFIX + "verdict", verdict.decision().verdict().name());
    tags.put(PREFIX + "reasons", reasons(verdict));
    tags.put(PREFIX + "off", verdict.off());
    tags.put(PREFIX + "days", verdict.days());
    tags.put(PREFIX + "number", Long.toString(verdict.number()));
    tags.put(PREFIX + "champion", verdict.champion().orElse("none"));
    verdict
        .metrics()
        .forEach(
            (metric, value) ->
                tags.put(PREFIX + metric, String.format(Locale.ROOT, "%.6f", value)));
    return tags;
  }

  private RunRecord run(VerdictRecord verdict, ModelVersion candidate, Optional<TableVersion> set) {
    String word = verdict.decision().verdict().name();
    return new RunRecord(
        verdict.model(),
        verdict.runKey(),
        // a second verdict from the same definitions, beside another champion, is another run
        Digest.sha256(verdict.fingerprint(), Long.toString(verdict.number())),
        "gate " + candidate,
        verdict.startedAt(),
        verdict.judgedAt(),
        true,
        "Verdict **" + word + "** for " + candidate + ": " + reasons(verdict),
        Map.of("days", verdict.days()),
        verdict.metrics(),
        Map.of("millrace.room", ROOM, PREFIX + "verdict", word),
        set.stream()
            .map(table -> Lineage.dataset(context.lake(), table, verdict.rows(), "evaluation"))
            .toList(),
        List.of(candidate));
  }

  private static String reasons(VerdictRecord verdict) {
    return String.join("; ", verdict.decision().reasons());
  }
}
