package org.millrace.planning;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;

/**
 * What a run of a pipeline over some days would do, and why: a value, made without touching
 * anything. {@code docs/plan.md} describes its JSON.
 *
 * @param schema number of the form; it grows when a key changes its meaning or goes away
 * @param pipeline the model's name
 * @param from first day
 * @param to last day
 * @param trains whether the days hold all days of training and gate, so that a model is trained
 * @param champion the version that scores; empty if there is none
 * @param championSince since when it holds the alias, by the clock of whoever recorded the move;
 *     empty if no record says it
 * @param ledger version of the ledger that was read; -1 if there is none
 * @param options of the run, such as {@code --select} and its expression, beside pipeline and days
 * @param changes definitions that are others than something was made by
 * @param steps in the order in which a run does them; every object of the pipeline
 * @param due of the same days, how many partitions of each object {@code run --catch-up} would
 *     make; empty if it was not asked for, or nothing was published that could be caught up with
 * @param notes sentences about what cannot be told beforehand
 */
public record Plan(
    @JsonProperty("schema") int schema,
    @JsonProperty("pipeline") String pipeline,
    @JsonProperty("from") LocalDate from,
    @JsonProperty("to") LocalDate to,
    @JsonProperty("trains") boolean trains,
    @JsonProperty("champion") String champion,
    @JsonProperty("champion_since") Optional<Instant> championSince,
    @JsonProperty("ledger") long ledger,
    @JsonProperty("options") List<String> options,
    @JsonProperty("changes") List<DefinitionChange> changes,
    @JsonProperty("steps") List<Step> steps,
    @JsonProperty("due") Optional<Map<String, Long>> due,
    @JsonProperty("notes") List<String> notes) {
  /** Number of the form. */
  public static final int SCHEMA = 1;

  /** Copies the lists. */
  public Plan {
    requireNonNull(pipeline, "pipeline is null");
    requireNonNull(champion, "champion is null");
    requireNonNull(championSince, "championSince is null");
    options = List.copyOf(options);
    changes = changes == null ? List.of() : List.copyOf(changes); // of an earlier release
    steps = List.copyOf(steps);
    due = due.map(Map::copyOf);
    notes = List.copyOf(notes);
  }

  /**
   * Reads a plan that somebody kept.
   *
   * @param json as {@code millrace plan --json} printed it
   * @param where it comes from, for the message
   * @throws MillraceException of category DEFINITION if it is no plan, or one of another form
   */
  public static Plan parse(String json, String where) {
    Plan plan;
    try {
      plan = Json.MAPPER.readValue(json, Plan.class);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot read a plan from %s: %s; make one with `millrace plan --json > FILE`"
              .formatted(where, e.getMessage()),
          e);
    }

    if (plan == null || plan.schema() != SCHEMA) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use the plan in %s: its schema is %s vs %d of this release; make it again"
              .formatted(where, plan == null ? "none" : plan.schema(), SCHEMA));
    }

    return plan;
  }

  /** Whether a partition is to be made. */
  public enum Need {
    /** It is to be made. */
    MAKE,
    /** Its files are to be read and compared; it is made if its rows differ. */
    COMPARE,
    /** It cannot be made. */
    BLOCKED
  }

  /**
   * The work on one object.
   *
   * @param object table, model or verdicts, as the ledger names it
   * @param verbs the rooms that do it, in order
   * @param reads objects that are read for it
   * @param work what is not done, oldest first; empty if all is
   * @param done partitions of those asked for that are done, as in work; days that are in neither
   *     were not asked for
   * @param doneCount how many
   * @param seconds how long what is made may take, by what the ledger says of earlier runs; -1 if
   *     it says nothing
   */
  public record Step(
      @JsonProperty("object") String object,
      @JsonProperty("verbs") List<String> verbs,
      @JsonProperty("reads") List<String> reads,
      @JsonProperty("work") List<Work> work,
      @JsonProperty("done") List<String> done,
      @JsonProperty("done_count") int doneCount,
      @JsonProperty("seconds") double seconds) {
    /** Copies the lists. */
    public Step {
      requireNonNull(object, "object is null");
      verbs = List.copyOf(verbs);
      reads = List.copyOf(reads);
      work = List.copyOf(work);
      done = List.copyOf(done);
    }

    /** All partitions that belong to the plan: what is to be made, and what is done. */
    public Set<Partition> partitions() {
      Set<Partition> all = new TreeSet<>();
      work.forEach(of -> all.addAll(of.all()));
      done.forEach(text -> all.addAll(Plan.partitions(text)));
      return all;
    }

    /** The same work for the same reasons, whatever is expected of it. */
    public boolean isAs(Step other) {
      return object.equals(other.object)
          && verbs.equals(other.verbs)
          && reads.equals(other.reads)
          && done.equals(other.done)
          && areAll(work, other.work, Work::isAs);
    }
  }

  private static <T> boolean areAll(List<T> some, List<T> others, BiPredicate<T, T> alike) {
    return some.size() == others.size()
        && IntStream.range(0, some.size()).allMatch(i -> alike.test(some.get(i), others.get(i)));
  }

  /**
   * Partitions one after the other that are needed for the same reasons.
   *
   * @param partitions {@code 2013-12-01}, {@code 2013-12-01_2013-12-31} or {@code whole}
   * @param count how many
   * @param need what is to be done
   * @param reasons sentences, at least one
   * @param rows how many rows they will have, by the median of the object's newest days; -1 if the
   *     ledger has none to go by
   * @param bytes likewise of their data files
   */
  public record Work(
      @JsonProperty("partitions") String partitions,
      @JsonProperty("count") int count,
      @JsonProperty("need") Need need,
      @JsonProperty("reasons") List<Reason> reasons,
      @JsonProperty("rows") long rows,
      @JsonProperty("bytes") long bytes) {
    /** Copies the reasons. */
    public Work {
      requireNonNull(partitions, "partitions is null");
      requireNonNull(need, "need is null");
      reasons = List.copyOf(reasons);
    }

    private boolean isAs(Work other) {
      return partitions.equals(other.partitions)
          && need == other.need
          && reasons.equals(other.reasons);
    }

    /** The partitions, one by one. */
    public List<Partition> all() {
      return Plan.partitions(partitions);
    }
  }

  private static List<Partition> partitions(String text) {
    String[] ends = text.split("_", 2);
    return ends.length == 1
        ? List.of(Partition.parse(text))
        : new DayRange(LocalDate.parse(ends[0]), LocalDate.parse(ends[1]))
            .days().stream().map(Partition::of).toList();
  }

  /** The same steps in the same order: the same work for the same reasons. */
  public boolean isAs(Plan other) {
    return pipeline.equals(other.pipeline)
        && from.equals(other.from)
        && to.equals(other.to)
        && trains == other.trains
        && champion.equals(other.champion)
        && areAll(steps, other.steps, Step::isAs);
  }

  /** The partitions of each object with work of a kind. */
  public Map<String, Set<Partition>> partitions(Predicate<Work> wanted) {
    Map<String, Set<Partition>> found = new LinkedHashMap<>();
    for (Step step : steps) {
      for (Work work : step.work()) {
        if (wanted.test(work)) {
          found.computeIfAbsent(step.object(), object -> new TreeSet<>()).addAll(work.all());
        }
      }
    }

    return found;
  }

  /** The same plan with more sentences. */
  public Plan withNotes(List<String> more) {
    List<String> all = new ArrayList<>(notes);
    all.addAll(more);
    return with(championSince, options, due, all);
  }

  /** The same plan of a run with options. */
  public Plan withOptions(List<String> words) {
    return with(championSince, words, due, notes);
  }

  /** The same plan, with what a plan of the same days to catch up would make; empty for unknown. */
  public Plan withDue(Optional<Plan> catchUp) {
    return with(championSince, options, catchUp.map(Plan::counts), notes);
  }

  /** The same plan, with the time since when its champion scores. */
  public Plan withChampionSince(Optional<Instant> since) {
    return with(since, options, due, notes);
  }

  private Plan with(
      Optional<Instant> since,
      List<String> words,
      Optional<Map<String, Long>> counts,
      List<String> sentences) {
    return new Plan(
        schema, pipeline, from, to, trains, champion, since, ledger, words, changes, steps, counts,
        sentences);
  }

  /** How many partitions of each object it makes or compares. */
  private Map<String, Long> counts() {
    Map<String, Long> counts = new LinkedHashMap<>();
    partitions(work -> work.need() != Need.BLOCKED)
        .forEach((object, all) -> counts.put(object, (long) all.size()));
    return counts;
  }

  /** True if nothing is to be made, compared, or blocked. */
  @JsonIgnore
  public boolean isIdle() {
    return steps.stream().allMatch(step -> step.work().isEmpty());
  }

  /** True if something is to be made that cannot be. */
  @JsonIgnore
  public boolean isBlocked() {
    return steps.stream()
        .flatMap(step -> step.work().stream())
        .anyMatch(work -> work.need() == Need.BLOCKED);
  }
}
