package org.millrace.jobs.model;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.ScoringDefinition;
import org.millrace.features.lake.LakeLogs;
import org.millrace.features.lake.RowFiles;
import org.millrace.features.lake.TableLog;
import org.millrace.jobs.tables.OpsTables;

/**
 * Who held an alias when, by {@code ops.aliases}. Read without Spark.
 *
 * @param model registered model
 * @param alias such as {@code champion}
 * @param version of the table that was read; -1 if there is none
 * @param moves oldest first
 */
public record AliasHistory(String model, String alias, long version, List<AliasMove> moves) {
  /** Copies the list. */
  public AliasHistory {
    requireNonNull(model, "model is null");
    requireNonNull(alias, "alias is null");
    moves = List.copyOf(moves);
  }

  /** The history of the alias that scores. */
  public static AliasHistory read(LakeLogs logs, ScoringDefinition scoring) {
    return read(logs, scoring.model(), scoring.alias());
  }

  static AliasHistory read(LakeLogs logs, String model, String alias) {
    TableLog log = logs.of(OpsTables.ALIASES);
    long version = log.newest().orElse(-1);
    List<AliasMove> moves =
        RowFiles.at(log, version, AliasMove::of).stream()
            .filter(move -> move.model().equals(model) && move.alias().equals(alias))
            .sorted(Comparator.comparingLong(AliasMove::number).thenComparing(AliasMove::movedAt))
            .toList();
    return new AliasHistory(model, alias, version, moves);
  }

  /** The newest row; empty if there is none. */
  public Optional<AliasMove> newest() {
    return moves.stream().reduce((earlier, later) -> later);
  }

  /** The version that held the alias when a day ended; empty if none did. */
  public Optional<String> holder(LocalDate day, ZoneId zone) {
    Instant end = day.plusDays(1).atStartOfDay(zone).toInstant();
    return moves.stream()
        .filter(move -> move.movedAt().isBefore(end))
        .reduce((earlier, later) -> later)
        .flatMap(AliasMove::certainHolder);
  }

  /** Why a day has no holder. */
  public String noHolder(LocalDate day) {
    return "no version held the alias "
        + alias
        + " when "
        + day
        + " ended"
        + moves.stream()
            .filter(move -> move.certainHolder().isPresent())
            .findFirst()
            .map(move -> "; the first one got it at " + move.movedAt())
            .orElse("");
  }

  String requireHolder(LocalDate day, ZoneId zone) {
    return holder(day, zone)
        .orElseThrow(
            () ->
                new MillraceException(
                    ErrorCategory.INPUT_MISSING,
                    "Cannot score "
                        + day
                        + " as it was: "
                        + noHolder(day)
                        + "; leave the day out, or score it with the version that holds it now"));
  }
}
