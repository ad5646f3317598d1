package org.millrace.jobs.rollback;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.millrace.contracts.DayRange;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.Partition;
import org.millrace.contracts.RowCounts;
import org.millrace.contracts.RunKey;
import org.millrace.contracts.Verb;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.contracts.registry.ModelRegistry;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.model.AliasMoves;
import org.millrace.jobs.model.Champion;
import org.millrace.jobs.model.ContractViews;
import org.millrace.jobs.model.ModelContracts;
import org.millrace.jobs.model.RollbackRequest;
import org.millrace.jobs.room.JobContext;
import org.millrace.jobs.room.Room;
import org.millrace.jobs.room.RoomResult;

/**
 * Gives the alias that scores back to an earlier version, because a person asks for it: the move is
 * recorded with who and why, and the same command undoes it. Days that are published stay as they
 * are; they are named, with the command that takes them back.
 *
 * <p>Placement: driver only.
 */
public final class RollBackModel implements Room<RollBackModel.Result> {
  private final JobContext context;
  private final ScoringDefinition scoring;
  private final RollbackRequest asked;
  private final AliasMoves aliases;

  /** Prepares the room for the model that the run key names. */
  public RollBackModel(JobContext context, RunKey runKey, RollbackRequest asked) {
    this.context = requireNonNull(context, "context is null");
    this.scoring = context.pipeline().scoring();
    this.asked = requireNonNull(asked, "asked is null");
    this.aliases = new AliasMoves(context, runKey, scoring);
  }

  /**
   * What was moved.
   *
   * @param alias that scores
   * @param from version that held it; empty for none
   * @param to version that holds it now
   * @param days that show predictions of {@code from}
   * @param isDryRun whether nothing was moved
   */
  public record Result(
      String alias, Optional<String> from, ModelVersion to, List<DayRange> days, boolean isDryRun)
      implements RoomResult {
    /** Copies the list. */
    public Result {
      days = List.copyOf(days);
    }

    @Override
    public boolean isIdle() {
      return from.equals(Optional.of(to.version()));
    }

    @Override
    public RowCounts rows() {
      return RowCounts.NONE;
    }

    @Override
    public String message() {
      if (isIdle()) {
        return to + " is " + alias + " already";
      }

      String moved =
          "%s %s %s again%s%s"
              .formatted(
                  to,
                  isDryRun ? "would be" : "is",
                  alias,
                  from.map(old -> ", not version " + old).orElse(""),
                  isDryRun ? "; nothing was moved" : "");
      return days.isEmpty() ? moved : moved + "; " + left();
    }

    private String left() {
      List<String> ranges = days.stream().map(DayRange::toString).toList();
      LocalDate first = days.get(0).from();
      LocalDate last = days.get(days.size() - 1).to();
      return "readers still see predictions of version %s on %s: take them back with `millrace unpublish %s --from %s --to %s`"
          .formatted(from.orElse("none"), String.join(", ", ranges), to.name(), first, last);
    }

    @Override
    public Map<String, String> values() {
      return Map.of("alias", alias, "from", from.orElse("none"), "to", to.version());
    }
  }

  @Override
  public Verb verb() {
    return Verb.ROLLBACK;
  }

  /**
   * Moves the alias, unless the version holds it.
   *
   * @throws MillraceException of category INPUT_MISSING if no other version held the alias before,
   *     or the version is gone; DEFINITION if the definitions do not give what it needs; BUSY if
   *     someone else moved the alias meanwhile
   */
  @Override
  public Result run(Lease lease) {
    Optional<String> holder = holder().map(ModelVersion::version);
    ModelVersion target = target(holder);
    if (holder.equals(Optional.of(target.version()))) {
      return new Result(scoring.alias(), holder, target, List.of(), asked.dryRun());
    }

    requireUsable(target);
    if (!asked.dryRun()) {
      aliases.move(holder, target.version(), asked, lease);
      Champion.resolve(context); // what it needs is made from the next night on
    }

    List<DayRange> days = holder.map(this::daysOf).orElse(List.of());
    return new Result(scoring.alias(), holder, target, days, asked.dryRun());
  }

  /** A move from outside is not recorded by a run that changes nothing. */
  private Optional<ModelVersion> holder() {
    return asked.dryRun()
        ? context.registry().get().byAlias(scoring.model(), scoring.alias())
        : aliases.observe();
  }

  private ModelVersion target(Optional<String> holder) {
    String number =
        asked
            .to()
            .or(() -> before(holder))
            .orElseThrow(
                () ->
                    new MillraceException(
                        ErrorCategory.INPUT_MISSING,
                        "Cannot roll %s back: no other version held %s before; name one with --to, `millrace models %s` lists them"
                            .formatted(scoring.model(), scoring.alias(), scoring.model())));
    ModelRegistry registry = context.registry().get();
    return registry
        .byVersion(scoring.model(), number)
        .orElseThrow(
            () ->
                new MillraceException(
                    ErrorCategory.INPUT_MISSING,
                    "Cannot roll back to %s/%s: it is not in %s; `millrace models %s` lists the versions"
                        .formatted(scoring.model(), number, registry.location(), scoring.model())));
  }

  /** The newest other version that surely held the alias. */
  private Optional<String> before(Optional<String> holder) {
    return AliasMoves.history(context.lake(), scoring.model(), scoring.alias()).stream()
        .flatMap(move -> move.certainHolder().or(move::from).stream())
        .filter(version -> !holder.equals(Optional.of(version)))
        .reduce((earlier, later) -> later);
  }

  /** Its file, its contract, and what the definitions give: known now, not at night. */
  private void requireUsable(ModelVersion version) {
    ContractViews.of(
        context.pipeline(),
        version,
        ModelContracts.of(context).of(context.registry().get(), version));
  }

  private List<DayRange> daysOf(String version) {
    String name = scoring.model() + "/" + version;
    TreeSet<LocalDate> days = new TreeSet<>();
    context
        .ledger()
        .partitions(scoring.predictions())
        .forEach(
            (partition, entry) -> {
              if (partition instanceof Partition.Day day
                  && entry.isReadable()
                  && entry.model().equals(Optional.of(name))) {
                days.add(day.date());
              }
            });
    return DayRange.covering(days);
  }
}
