package org.millrace.bench.contender;

import static org.apache.spark.sql.functions.lit;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.millrace.features.asof.AsOfJoin;
import org.millrace.features.asof.AsOfStrategy;
import org.millrace.features.asof.AsOfView;

/**
 * An as-of join. Where the kind names a strategy, as in {@code millrace-buckets}, that is forced.
 */
final class AsOfWork extends SpineWork {
  private static final String SPARK_SQL = "sparksql";
  private static final String FORCED = "millrace-";

  AsOfWork(AsOfTask task) {
    super(task);
  }

  @Override
  Enriched enrich() {
    if (task.kind().equals(SPARK_SQL)) {
      return new Enriched(RunningLast.join(task, spine, views), () -> {});
    }

    AsOfJoin.Result joined = join();
    return new Enriched(joined.rows(), () -> joined.counts().requireConserved());
  }

  private AsOfJoin.Result join() {
    AsOfJoin join = AsOfJoin.spine(spine, "as_of");
    for (int view = 0; view < views.size(); view++) {
      join = join.with(view(view));
    }
    if (task.kind().startsWith(FORCED)) {
      String strategy = task.kind().substring(FORCED.length()).toUpperCase(Locale.ROOT);
      join = join.strategy(AsOfStrategy.valueOf(strategy));
    }

    return join.join();
  }

  private AsOfView view(int view) {
    AsOfView.Builder builder =
        AsOfView.of("f" + view, views.get(view))
            .keys(task.key())
            .times("event_timestamp", task.hasKnownAt() ? "known_at" : "event_timestamp");
    IntStream.range(0, AsOfTask.VALUES).forEach(i -> builder.features(value(view, i)));
    if (task.ttlDays() > 0) {
      builder.ttl(Duration.ofDays(task.ttlDays()));
    }

    return builder.build();
  }

  static String value(int view, int i) {
    return "v" + view + "_" + i;
  }

  @Override
  Column score(Dataset<Row> joined) {
    List<String> columns = List.of(joined.columns());
    Column score = lit(0.0);
    for (int view = 0; view < views.size(); view++) {
      for (int i = 0; i < AsOfTask.VALUES; i++) {
        String plain = value(view, i);
        String name = columns.contains(plain) ? plain : "f" + view + "__" + plain;
        score = score.plus(weighted(name, i + 1));
      }
    }

    return score;
  }
}
