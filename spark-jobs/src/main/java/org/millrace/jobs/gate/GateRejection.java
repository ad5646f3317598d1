package org.millrace.jobs.gate;

import java.util.Optional;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.jobs.model.VerdictRecord;

/**
 * The message of a rejected candidate: what was short, which champion is in use, what to do.
 * Stateless.
 */
final class GateRejection {
  private GateRejection() {}

  /**
   * The failure of a verdict that rejects.
   *
   * @param alias such as {@code champion}
   * @param registry where the alias can be moved
   */
  static MillraceException of(VerdictRecord verdict, String alias, String registry) {
    return new MillraceException(
        ErrorCategory.GATE_REJECTED,
        (verdict.isOfTheChampion() ? "Cannot confirm " : "Cannot promote ")
            + version(verdict, verdict.candidate())
            + (verdict.isOfTheChampion() ? " as " + alias : " to " + alias)
            + ": verdict "
            + verdict.decision().verdict()
            + ", "
            + String.join("; ", verdict.decision().reasons())
            + "; "
            + reigning(verdict, alias)
            + "; "
            + next(verdict, alias, registry));
  }

  private static String reigning(VerdictRecord verdict, String alias) {
    if (verdict.isOfTheChampion()) {
      return "the champion itself breaks the rules, it is still in use, and each scoring run warns";
    }

    Optional<String> champion = verdict.champion();
    return champion.isPresent()
        ? version(verdict, champion.get()) + " stays " + alias
        : "no version holds " + alias;
  }

  private static String next(VerdictRecord verdict, String alias, String registry) {
    String pointIt = "point " + alias + " in " + registry + " at a version that ";
    return switch (verdict.decision().verdict()) {
      case CHAMPION_UNUSABLE -> pointIt + "can be evaluated, then run `millrace gate` again";
      case NO_BASELINE -> pointIt + "can be compared with, then run `millrace gate` again";
      default ->
          verdict.isOfTheChampion()
              ? "train again, or " + pointIt + "kept them"
              : "train again on what lets the model learn more";
    };
  }

  private static String version(VerdictRecord verdict, String number) {
    return verdict.model() + "/" + number;
  }
}
