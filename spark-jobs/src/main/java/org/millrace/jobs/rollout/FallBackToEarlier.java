package org.millrace.jobs.rollout;

import static java.util.Objects.requireNonNull;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.TableVersion;
import org.millrace.contracts.definition.FallBack;
import org.millrace.contracts.ledger.LedgerObjects;
import org.millrace.contracts.registry.ModelVersion;
import org.millrace.features.lease.Lease;
import org.millrace.jobs.model.AliasHistory;
import org.millrace.jobs.model.AliasMove;
import org.millrace.jobs.model.AliasMoves;
import org.millrace.jobs.model.Champion;
import org.millrace.jobs.model.ContractViews;
import org.millrace.jobs.room.JobContext;
import org.millrace.registry.rollout.JudgeChampion;

/**
 * Gives the alias back to the version before, if the realised quality of the champion lies outside
 * its ranges on too many of its last days. Days count that were judged since it got the alias. A
 * version that fell back once is never fallen back to. Driver only; one Spark job over the days of
 * the quality table.
 */
final class FallBackToEarlier {
  private static final String POLICY = "policy";
  private static final String FELL_BACK = "fell back: ";

  private final JobContext context;
  private final FallBack rules;
  private final AliasMoves aliases;

  FallBackToEarlier(JobContext context, FallBack rules, AliasMoves aliases) {
    this.context = requireNonNull(context, "context is null");
    this.rules = requireNonNull(rules, "rules is null");
    this.aliases = requireNonNull(aliases, "aliases is null");
  }

  /**
   * What was moved.
   *
   * @param from version that lost the alias
   * @param to version that got it
   * @param why one sentence
   */
  record Moved(String from, String to, String why) {}

  /**
   * Moves the alias, if that is due.
   *
   * @param champion who holds it
   * @return empty if it stays: quality is as it should be, or there is no version to fall back to,
   *     which is reported
   */
  Optional<Moved> ifDue(ModelVersion champion, Lease lease) {
    AliasHistory history = AliasHistory.read(context.lake().logs(), context.pipeline().scoring());
    Optional<Instant> since =
        history
            .newest()
            .filter(move -> move.certainHolder().equals(Optional.of(champion.version())))
            .map(AliasMove::movedAt);
    Optional<String> reason =
        since.flatMap(at -> JudgeChampion.reason(rules, quality(champion, at)));
    if (reason.isEmpty()) {
      return Optional.empty();
    }

    Optional<String> target = before(history, champion.version()).filter(this::isUsable);
    if (target.isEmpty()) {
      say(
          "%s should fall back (%s), and no earlier version can take its place"
              .formatted(champion, reason.get()));
      return Optional.empty();
    }

    aliases.move(
        Optional.of(champion.version()), target.get(), POLICY, FELL_BACK + reason.get(), lease);
    Champion.resolve(context); // what it needs is made from the next night on
    return Optional.of(new Moved(champion.version(), target.get(), reason.get()));
  }

  private NavigableMap<LocalDate, Map<String, Double>> quality(
      ModelVersion champion, Instant since) {
    NavigableMap<LocalDate, Map<String, Double>> quality = new TreeMap<>();
    Optional<TableVersion> table = context.lake().current(LedgerObjects.quality(champion.name()));
    if (table.isEmpty()) {
      return quality;
    }

    List<String> metrics = List.copyOf(rules.ranges().keySet());
    List<Column> columns = new ArrayList<>(List.of(col("day")));
    metrics.forEach(metric -> columns.add(col(metric).cast("double")));
    Dataset<Row> rows =
        context
            .lake()
            .read(table.get())
            .where(col("model_version").equalTo(lit(champion.version())))
            .where(col("judged_at").geq(lit(since)))
            .orderBy(col("day").desc())
            .limit(rules.of())
            .select(columns.toArray(Column[]::new));
    for (Row row : rows.collectAsList()) {
      Map<String, Double> day = new LinkedHashMap<>();
      for (int i = 0; i < metrics.size(); i++) {
        day.put(metrics.get(i), row.isNullAt(i + 1) ? Double.NaN : row.getDouble(i + 1));
      }

      quality.put(row.getLocalDate(0), day);
    }

    return quality;
  }

  /** The newest other version that surely held the alias, and never lost it in this way. */
  private static Optional<String> before(AliasHistory history, String champion) {
    List<String> fallen =
        history.moves().stream()
            .filter(move -> move.who().equals(POLICY) && move.why().startsWith(FELL_BACK))
            .flatMap(move -> move.from().stream())
            .toList();
    return history.moves().stream()
        .flatMap(move -> move.certainHolder().or(move::from).stream())
        .filter(version -> !version.equals(champion) && !fallen.contains(version))
        .reduce((earlier, later) -> later);
  }

  private boolean isUsable(String number) {
    try {
      ContractViews.of(context, Champion.of(context, number));
      return true;
    } catch (MillraceException e) {
      say("version %s cannot take the alias: %s".formatted(number, e.getMessage()));
      return false;
    }
  }

  private void say(String text) {
    context.progress().say("rollout", text);
  }
}
