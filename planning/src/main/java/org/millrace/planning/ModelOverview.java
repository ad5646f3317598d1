package org.millrace.planning;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.millrace.contracts.DayRange;

/**
 * All that is known of a model's versions: those of the registry, the gate's verdicts on them, the
 * moves of the alias that scores, and the days that each of them scored.
 *
 * @param model registered model
 * @param alias that scores
 * @param registry where the versions are
 * @param dayZone of the days, such as {@code Europe/Berlin}
 * @param champion number of the version that holds the alias; empty for none, and if the registry
 *     did not answer and nothing else tells
 * @param versions the newest first
 * @param moves of the alias, the oldest first
 * @param publications what became of days of predictions, the oldest first
 * @param rollouts what was decided on rollouts, the oldest first
 * @param notes sentences about what could not be found out
 */
public record ModelOverview(
    @JsonProperty("model") String model,
    @JsonProperty("alias") String alias,
    @JsonProperty("registry") String registry,
    @JsonProperty("day_zone") String dayZone,
    @JsonProperty("champion") Optional<String> champion,
    @JsonProperty("versions") List<Version> versions,
    @JsonProperty("moves") List<Move> moves,
    @JsonProperty("publications") List<Publication> publications,
    @JsonProperty("rollouts") List<RolloutOverview.Move> rollouts,
    @JsonProperty("notes") List<String> notes) {
  /** Copies the lists. */
  public ModelOverview {
    requireNonNull(model, "model is null");
    requireNonNull(alias, "alias is null");
    requireNonNull(registry, "registry is null");
    requireNonNull(dayZone, "dayZone is null");
    requireNonNull(champion, "champion is null");
    versions = List.copyOf(versions);
    moves = List.copyOf(moves);
    publications = List.copyOf(publications);
    rollouts = List.copyOf(rollouts);
    notes = List.copyOf(notes);
  }

  /**
   * A version.
   *
   * @param version its number
   * @param tag {@code Major.Minor.Pipeline}; empty for none
   * @param origin who made it: {@code gradient-boosted trees}, {@code by python train.py}, {@code
   *     registered by ada}, {@code from outside}
   * @param trainingSet {@code table@version} that it was trained on; empty if that is not known
   * @param registeredAt when it was registered; empty if neither the lake nor its tags have it
   * @param verdicts on it, the oldest first
   * @param days how many days show its predictions
   * @param firstDay of them; empty for none
   * @param lastDay of them; empty for none
   * @param ranges the days as runs of days
   * @param rows how many predictions these days show
   * @param isInRegistry false if only the lake knows it, as the registry lost it or did not answer
   */
  public record Version(
      @JsonProperty("version") String version,
      @JsonProperty("tag") String tag,
      @JsonProperty("origin") String origin,
      @JsonProperty("training_set") String trainingSet,
      @JsonProperty("registered_at") Optional<Instant> registeredAt,
      @JsonProperty("verdicts") List<Verdict> verdicts,
      @JsonProperty("days") int days,
      @JsonProperty("first_day") String firstDay,
      @JsonProperty("last_day") String lastDay,
      @JsonProperty("ranges") List<DayRange> ranges,
      @JsonProperty("rows") long rows,
      @JsonProperty("is_in_registry") boolean isInRegistry) {
    /** Copies the list. */
    public Version {
      requireNonNull(version, "version is null");
      requireNonNull(registeredAt, "registeredAt is null");
      verdicts = List.copyOf(verdicts);
      ranges = List.copyOf(ranges);
    }
  }

  /**
   * A verdict of the gate.
   *
   * @param number counts the model's verdicts
   * @param word such as {@code PASS}
   * @param beside version that held the alias then; empty for none
   * @param approver who approved the version; empty if the rules alone decided
   * @param at when it was given
   * @param reasons sentences, each with value and bound
   */
  public record Verdict(
      @JsonProperty("number") long number,
      @JsonProperty("word") String word,
      @JsonProperty("beside") Optional<String> beside,
      @JsonProperty("approver") Optional<String> approver,
      @JsonProperty("at") Instant at,
      @JsonProperty("reasons") List<String> reasons) {
    /** Copies the list. */
    public Verdict {
      requireNonNull(beside, "beside is null");
      requireNonNull(approver, "approver is null");
      reasons = List.copyOf(reasons);
    }
  }

  /**
   * A move of the alias.
   *
   * @param kind {@code INTENDED}, {@code MOVED} or {@code FOUND}
   * @param from version that held it; empty for none
   * @param to version that got it; empty for none
   * @param who {@code gate}, or {@code outside}
   * @param why one sentence
   * @param isRollback whether a person had the alias given back
   * @param at when
   * @param runKey of the run that moved or found it
   */
  public record Move(
      @JsonProperty("kind") String kind,
      @JsonProperty("from") Optional<String> from,
      @JsonProperty("to") Optional<String> to,
      @JsonProperty("who") String who,
      @JsonProperty("why") String why,
      @JsonProperty("rollback") boolean isRollback,
      @JsonProperty("at") Instant at,
      @JsonProperty("run_key") String runKey) {
    /** Checks that all is present. */
    public Move {
      requireNonNull(from, "from is null");
      requireNonNull(to, "to is null");
    }
  }

  /** What a run did to what readers see of days. */
  public enum Kind {
    /** They see what the version scored. */
    PUBLISHED,
    /** What the version scored was taken back. */
    TAKEN_BACK,
    /** They see again what the version scored, which had been taken back. */
    RESTORED
  }

  /**
   * Days of which readers see something else since a run.
   *
   * @param kind what was done
   * @param version whose predictions it was done to; empty if that is not known
   * @param shown version whose predictions are in force since; empty for none
   * @param ranges the days as runs of days, in order
   * @param days how many
   * @param rows predictions in force since
   * @param by who took them back; empty for a run that published
   * @param why as the person wrote it; empty if no reason was given
   * @param at when the ledger got the last of the days
   * @param runKey of the run
   */
  public record Publication(
      @JsonProperty("kind") Kind kind,
      @JsonProperty("version") Optional<String> version,
      @JsonProperty("shown") Optional<String> shown,
      @JsonProperty("ranges") List<DayRange> ranges,
      @JsonProperty("days") int days,
      @JsonProperty("rows") long rows,
      @JsonProperty("by") String by,
      @JsonProperty("why") String why,
      @JsonProperty("at") Instant at,
      @JsonProperty("run_key") String runKey) {
    /** Copies the list. */
    public Publication {
      requireNonNull(kind, "kind is null");
      requireNonNull(version, "version is null");
      requireNonNull(shown, "shown is null");
      ranges = List.copyOf(ranges);
    }
  }
}
