package org.millrace.jobs.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.Status;
import org.millrace.contracts.ledger.LedgerEntry;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.jobs.report.ReportData.Lineage;
import org.millrace.jobs.report.ReportData.Lineage.Edge;
import org.millrace.jobs.report.ReportData.Lineage.Kind;
import org.millrace.jobs.report.ReportData.Lineage.Node;
import org.millrace.jobs.room.JobContext;

/** Which versions made a model and its newest predictions, from the ledger. Driver only. */
final class GatherLineage {
  private final JobContext context;
  private final String model;
  private final String version;
  private final Optional<String> trainingSet;
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final List<Edge> edges = new ArrayList<>();

  /**
   * Prepares.
   *
   * @param trainingSet {@code table@version} that the version was trained on; empty if unknown
   */
  GatherLineage(JobContext context, String model, String version, Optional<String> trainingSet) {
    this.trainingSet = trainingSet;
    this.context = context;
    this.model = model;
    this.version = version;
  }

  Lineage gather() {
    String modelNode = node(Kind.MODEL, model, Optional.of(version));
    trainingSet.ifPresent(set -> edge(trainingSet(set), modelNode));
    published()
        .ifPresent(
            scored -> {
              String run = node(Kind.RUN, scored.runKey(), Optional.empty());
              edge(modelNode, run);
              inputs(scored).forEach(input -> edge(input, run));
              edge(
                  run,
                  node(Kind.TABLE, scored.object(), Optional.of("v" + scored.output().version())));
            });
    return new Lineage(List.copyOf(nodes.values()), edges);
  }

  /** The ledger knows the inputs of the newest set alone. */
  private String trainingSet(String set) {
    return newest(LedgerObjects.trainingSet(model))
        .filter(made -> set.equals(made.object() + "@v" + made.output().version()))
        .map(this::table)
        .orElseGet(
            () -> {
              String[] words = set.split("@", 2);
              Optional<String> number = words.length < 2 ? Optional.empty() : Optional.of(words[1]);
              return node(Kind.TABLE, words[0], number);
            });
  }

  /** The table that an entry made, with all that it was made from. */
  private String table(LedgerEntry entry) {
    String id = node(Kind.TABLE, entry.object(), Optional.of("v" + entry.output().version()));
    inputs(entry).forEach(input -> edge(input, id));
    return id;
  }

  private List<String> inputs(LedgerEntry entry) {
    List<String> ids = new ArrayList<>();
    versions(entry)
        .forEach(
            (table, number) -> {
              String id = node(Kind.TABLE, table, Optional.of("v" + number));
              newest(table)
                  .filter(made -> made.output().version().equals(Long.toString(number)))
                  .ifPresent(
                      made ->
                          versions(made)
                              .forEach(
                                  (from, v) ->
                                      edge(node(Kind.TABLE, from, Optional.of("v" + v)), id)));
              ids.add(id);
            });
    return ids;
  }

  private Optional<LedgerEntry> newest(String object) {
    NavigableMap<Partition, LedgerEntry> entries = context.ledger().partitions(object);
    return entries.isEmpty() ? Optional.empty() : Optional.of(entries.lastEntry().getValue());
  }

  /** The newest publication that was not taken back. */
  private Optional<LedgerEntry> published() {
    return context
        .ledger()
        .partitions(context.pipeline().scoring().predictions())
        .descendingMap()
        .values()
        .stream()
        .filter(entry -> entry.status() == Status.DONE)
        .findFirst();
  }

  private static Map<String, Long> versions(LedgerEntry entry) {
    try {
      return Json.MAPPER.readValue(
          entry.inputVersions(), new TypeReference<Map<String, Long>>() {});
    } catch (JsonProcessingException e) {
      throw new MillraceException(
          ErrorCategory.INTERNAL,
          "Cannot read the input versions of " + entry.object() + ": " + entry.inputVersions(),
          e);
    }
  }

  private String node(Kind kind, String name, Optional<String> number) {
    String id = name + number.map(v -> "@" + v).orElse("");
    nodes.putIfAbsent(id, new Node(id, kind, name, number));
    return id;
  }

  private void edge(String from, String to) {
    Edge edge = new Edge(from, to);
    if (!edges.contains(edge)) {
      edges.add(edge);
    }
  }
}
