package org.millrace.planning;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * Which objects of a pipeline are meant, in the words of dbt's selection: terms of a union are
 * separated by spaces, those of an intersection by commas, which bind closer. A term is a name
 * ({@code features.origin_weather}, {@code origin_weather}, {@code raw.*}), {@code tag:WORD}, or a
 * state; {@code +} before it adds all that it is made from, {@code +} after it all that is made
 * from it.
 *
 * <p>States: {@code state:modified} (a definition changed), {@code stale} (made, and to be made
 * again), {@code missing} (never made), {@code failed} (a run of the room that makes it failed
 * last, or was cut off).
 *
 * @see <a href="https://docs.getdbt.com/reference/node-selection/syntax">dbt's syntax</a>
 */
public final class Selector {
  private static final String TAG = "tag:";

  private final PipelineGraph graph;
  private final PlannedStates states;

  /** What terms about states ask. */
  public interface PlannedStates {
    /** Work that a plan over the asked days has for an object; none if all is done. */
    List<Plan.Work> work(String object);

    /** Words of the rooms whose last run failed. */
    Set<String> failedVerbs();
  }

  /**
   * Prepares.
   *
   * @param states asked only by terms about states
   */
  public Selector(PipelineGraph graph, PlannedStates states) {
    this.graph = requireNonNull(graph, "graph is null");
    this.states = requireNonNull(states, "states is null");
  }

  /**
   * The objects that an expression means, in the order in which a run makes them.
   *
   * @return none if a state holds of none
   * @throws MillraceException of category DEFINITION if a term is empty, or a name or tag names
   *     nothing
   */
  public List<String> select(String expression) {
    Set<String> union = new LinkedHashSet<>();
    for (String part : expression.strip().split("\\s+", -1)) {
      Set<String> intersection = new LinkedHashSet<>(graph.objects());
      for (String term : part.split(",", -1)) {
        intersection.retainAll(term(term, expression));
      }

      union.addAll(intersection);
    }

    return graph.objects().stream().filter(union::contains).toList();
  }

  private Set<String> term(String term, String expression) {
    boolean isWithUpstream = term.startsWith("+");
    boolean isWithDownstream = term.endsWith("+") && term.length() > 1;
    String bare =
        term.substring(isWithUpstream ? 1 : 0, term.length() - (isWithDownstream ? 1 : 0));
    if (bare.isEmpty()) {
      throw refused(expression, "a term is empty; write names, spaces for 'or', commas for 'and'");
    }

    Set<String> found = new LinkedHashSet<>();
    for (String object : bare(bare, expression)) {
      found.add(object);
      if (isWithUpstream) {
        found.addAll(graph.upstream(object));
      }

      if (isWithDownstream) {
        found.addAll(graph.downstream(object));
      }
    }

    return found;
  }

  private List<String> bare(String term, String expression) {
    return switch (term) {
      case "state:modified" -> ofWork(work -> has(work, Reason.Kind.DEFINITION_CHANGED));
      case "missing" -> ofWork(work -> has(work, Reason.Kind.NEVER_MADE));
      case "stale" ->
          ofWork(
              work ->
                  work.need() == Plan.Need.COMPARE
                      || (work.need() == Plan.Need.MAKE && !has(work, Reason.Kind.NEVER_MADE)));
      case "failed" -> failed();
      default -> named(term, expression);
    };
  }

  private static boolean has(Plan.Work work, Reason.Kind kind) {
    return work.reasons().stream().anyMatch(reason -> reason.kind() == kind);
  }

  private List<String> ofWork(Predicate<Plan.Work> wanted) {
    return graph.objects().stream()
        .filter(object -> states.work(object).stream().anyMatch(wanted))
        .toList();
  }

  private List<String> failed() {
    List<String> cutOff = ofWork(work -> has(work, Reason.Kind.CUT_OFF));
    return graph.nodes().stream()
        .filter(
            node ->
                cutOff.contains(node.object())
                    || node.verbs().stream().anyMatch(states.failedVerbs()::contains))
        .map(PipelineGraph.Node::object)
        .toList();
  }

  private List<String> named(String term, String expression) {
    List<String> found;
    if (term.startsWith(TAG)) {
      String tag = term.substring(TAG.length());
      found =
          graph.nodes().stream()
              .filter(node -> node.tags().contains(tag))
              .map(PipelineGraph.Node::object)
              .toList();
    } else {
      Pattern name = pattern(term);
      found = graph.objects().stream().filter(object -> isNamed(object, name)).toList();
    }

    if (found.isEmpty()) {
      throw refused(
          expression,
          "'"
              + term
              + "' names nothing; there are "
              + String.join(", ", graph.objects())
              + ", tag:WORD, state:modified, stale, missing and failed");
    }

    return found;
  }

  /** With or without the word before the dot. */
  private static boolean isNamed(String object, Pattern name) {
    return name.matcher(object).matches()
        || name.matcher(object.substring(object.indexOf('.') + 1)).matches();
  }

  private static Pattern pattern(String term) {
    return Pattern.compile(
        String.join(".*", Arrays.stream(term.split("\\*", -1)).map(Pattern::quote).toList()));
  }

  private static MillraceException refused(String expression, String why) {
    return new MillraceException(
        ErrorCategory.DEFINITION, "Cannot select '" + expression + "': " + why);
  }
}
