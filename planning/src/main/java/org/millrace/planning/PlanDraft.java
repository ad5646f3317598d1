package org.millrace.planning;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.Partition;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.DefinitionSnapshot;
import org.millrace.contracts.definition.Pipeline;
import org.millrace.contracts.ledger.LedgerObjects;

/**
 * A plan in the making: which days are looked at, what of them belongs to it, and what was found so
 * far. Not thread-safe.
 */
final class PlanDraft {
  private final Pipeline pipeline;
  private final LedgerView ledger;
  private final PlanRequest request;
  private final DefinitionSnapshot now;
  private final RestatedPartitions restated;
  private final Judge judge;
  private final List<ObjectPlan> objects = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  PlanDraft(Pipeline pipeline, LedgerView ledger, PlanRequest request) {
    this.pipeline = pipeline;
    this.ledger = ledger;
    this.request = request;
    this.now = DefinitionSnapshot.of(pipeline);
    this.restated = new RestatedPartitions(request.restatement());
    this.judge = new Judge(ledger, Optional.of(now), restated, this::includes);
  }

  Judge judge() {
    return judge;
  }

  /** Days outside of those asked for belong to it only for what is made again. */
  private boolean includes(String object, Partition partition) {
    return request.scope().includes(object, partition)
        && (isAsked(object, partition)
            || (restated.contains(object, partition)
                && ledger.partitions(object).containsKey(partition)));
  }

  private boolean isAsked(String object, Partition partition) {
    if (!(partition instanceof Partition.Day day)) {
      return true;
    }

    boolean isQuality = object.equals(LedgerObjects.quality(pipeline.name()));
    int later = isQuality ? pipeline.labelDays() : 0;
    return request.days().contains(day.date().plusDays(later));
  }

  /** The days to look at: up to the last known one, if something is made again. */
  DayRange reach() {
    DayRange days = request.days();
    LocalDate last =
        request
            .restatement()
            .flatMap(wish -> lastKnown())
            .filter(days.to()::isBefore)
            .orElse(days.to());
    return new DayRange(days.from(), last);
  }

  private List<Plan.Step> steps() {
    Pace pace = new Pace(ledger, PipelineGraph.of(pipeline).objects());
    return objects.stream().map(object -> object.step(ledger, pace)).toList();
  }

  private Optional<LocalDate> lastKnown() {
    TreeSet<LocalDate> last = new TreeSet<>();
    pipeline.views().forEach(view -> last.addAll(days(view.table())));
    last.addAll(days(pipeline.scoring().predictions()));
    return Optional.ofNullable(last.isEmpty() ? null : last.last());
  }

  private Set<LocalDate> days(String object) {
    return InputDays.byDay(ledger.partitions(object)).keySet();
  }

  ObjectPlan begin(String object, Verb... verbs) {
    ObjectPlan plan = new ObjectPlan(object, List.of(verbs));
    objects.add(plan);
    return plan;
  }

  /** Adds a partition, if it belongs to the plan. */
  void add(ObjectPlan plan, Partition partition, State state) {
    if (includes(plan.object(), partition)) {
      plan.add(partition, state);
    }
  }

  private boolean isTouched(String object) {
    return request.scope().includesWhole(object) || request.scope().includesAny(object, reach());
  }

  void note(String sentence) {
    notes.add(sentence);
  }

  /** The plan; of objects of which nothing belongs to it, nothing is said. */
  Plan plan(boolean trains, String champion, long ledgerVersion) {
    DayRange days = request.days();
    objects.removeIf(object -> !isTouched(object.object()));
    objects.forEach(
        object ->
            object
                .lastDay()
                .filter(days.to()::isBefore)
                .ifPresent(
                    last -> {
                      if (!object.object().equals(LedgerObjects.quality(pipeline.name()))) {
                        notes.add(
                            "%s is made again up to %s, after the days that were asked for: it reads what is made again"
                                .formatted(object.object(), last));
                      }
                    }));
    return new Plan(
        Plan.SCHEMA,
        pipeline.name(),
        days.from(),
        days.to(),
        trains,
        champion,
        Optional.empty(),
        ledgerVersion,
        List.of(),
        new DefinitionChanges(pipeline, ledger, days, trains).find(now),
        steps(),
        Optional.empty(),
        notes);
  }
}
