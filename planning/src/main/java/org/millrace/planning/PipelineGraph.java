package org.millrace.planning;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.DefinitionMetadata;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.LabelDefinition;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.definition.SourceDefinition;
import org.millrace.contracts.ledger.LedgerObjects;

/**
 * The objects of a pipeline and what each is made from, by the definitions alone.
 *
 * @param nodes in the order in which a run makes them
 */
public record PipelineGraph(List<Node> nodes) {
  /** Copies the list. */
  public PipelineGraph {
    nodes = List.copyOf(nodes);
  }

  /**
   * An object.
   *
   * @param object as the ledger names it
   * @param verbs the rooms that make it, in order
   * @param reads objects that it is made from
   * @param tags of its definition
   * @param description of its definition
   */
  public record Node(
      @JsonProperty("object") String object,
      @JsonProperty("verbs") List<String> verbs,
      @JsonProperty("reads") List<String> reads,
      @JsonProperty("tags") List<String> tags,
      @JsonProperty("description") String description) {
    /** Copies the lists. */
    public Node {
      requireNonNull(object, "object is null");
      requireNonNull(description, "description is null");
      verbs = List.copyOf(verbs);
      reads = List.copyOf(reads);
      tags = List.copyOf(tags);
    }
  }

  /** The graph of a pipeline. */
  public static PipelineGraph of(Pipeline pipeline) {
    String name = pipeline.name();
    String set = LedgerObjects.trainingSet(name);
    String candidate = LedgerObjects.candidate(name);
    String verdict = LedgerObjects.verdict(name);
    String predictions = pipeline.scoring().predictions();
    Set<String> joined = new LinkedHashSet<>(pipeline.spine().reads());
    List<Node> nodes = new ArrayList<>();
    for (SourceDefinition source : pipeline.sources()) {
      nodes.add(node(source.table(), source.metadata(), List.of(), Verb.INGEST));
    }

    for (FeatureViewDefinition view : pipeline.views()) {
      joined.add(view.table());
      nodes.add(node(view.table(), view.metadata(), view.reads(), Verb.MATERIALIZE, Verb.VALIDATE));
    }

    List<String> rows = List.copyOf(joined);
    List<String> labels = pipeline.label().map(LabelDefinition::reads).orElse(List.of());
    nodes.add(
        node(
            set,
            "What the next candidate is trained on",
            Stream.concat(rows.stream(), labels.stream()).distinct().toList(),
            Verb.TRAINING_SET));
    nodes.add(node(candidate, "The newest candidate", List.of(set), Verb.TRAIN));
    nodes.add(node(verdict, "The verdict on it", List.of(candidate, set), Verb.GATE));
    List<String> scored = new ArrayList<>(rows);
    scored.add(verdict);
    nodes.add(node(predictions, "Predictions", scored, Verb.SCORE, Verb.PUBLISH));
    nodes.add(
        node(
            LedgerObjects.quality(name),
            "Predictions against what came true",
            Stream.concat(Stream.of(predictions), labels.stream()).toList(),
            Verb.MONITOR));
    return new PipelineGraph(nodes);
  }

  private static Node node(
      String object, DefinitionMetadata metadata, List<String> reads, Verb... verbs) {
    return new Node(object, words(verbs), reads, metadata.tags(), metadata.description());
  }

  private static Node node(String object, String description, List<String> reads, Verb... verbs) {
    return new Node(object, words(verbs), reads, List.of(), description);
  }

  private static List<String> words(Verb... verbs) {
    return List.of(verbs).stream().map(Verb::word).toList();
  }

  /** All objects. */
  public List<String> objects() {
    return nodes.stream().map(Node::object).toList();
  }

  /** An object and all that it is made from. */
  Set<String> upstream(String object) {
    Set<String> found = new LinkedHashSet<>(List.of(object));
    List<Node> backwards = new ArrayList<>(nodes);
    Collections.reverse(backwards);
    backwards.stream()
        .filter(node -> found.contains(node.object()))
        .forEach(node -> found.addAll(node.reads()));
    return found;
  }

  /** An object and all that is made from it. */
  Set<String> downstream(String object) {
    Set<String> found = new LinkedHashSet<>(List.of(object));
    nodes.stream()
        .filter(node -> node.reads().stream().anyMatch(found::contains))
        .forEach(node -> found.add(node.object()));
    return found;
  }
}
