package org.millrace.features.asof;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.SparkContext;
import org.jspecify.annotations.Nullable;

/**
 * What the plan nodes of a join count. Where a join runs as several nodes, perhaps in several
 * stages, the first counts the spine, the last counts the output, each the matches of its views.
 *
 * @param spineRows rows that go in; null in a node that is not the first
 * @param rows rows that come out; null in a node that is not the last
 * @param matched rows that find a fact, by view of the node
 */
record AsOfCounters(
    @Nullable RowCounter spineRows, @Nullable RowCounter rows, List<RowCounter> matched)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Driver: counters of a whole join. */
  static AsOfCounters register(SparkContext context, int views) {
    List<RowCounter> counters = Stream.generate(() -> new RowCounter(0)).limit(views + 2L).toList();
    counters.forEach(context::register);
    return new AsOfCounters(
        counters.get(0), counters.get(1), List.copyOf(counters.subList(2, views + 2)));
  }

  /** Driver: what a node counts that joins some of the views. */
  AsOfCounters of(int[] views, boolean isFirst, boolean isLast) {
    List<RowCounter> some = IntStream.of(views).mapToObj(matched::get).toList();
    return new AsOfCounters(isFirst ? spineRows : null, isLast ? rows : null, some);
  }

  /** Task: counts rows of the spine. */
  void in(long count) {
    if (spineRows != null) {
      spineRows.add(count);
    }
  }

  /**
   * Task: counts rows that come out.
   *
   * @param matches of them, by view of this node
   */
  void out(long count, long[] matches) {
    if (rows != null) {
      rows.add(count);
    }
    for (int view = 0; view < matches.length; view++) {
      matched.get(view).add(matches[view]);
    }
  }

  /** Driver: what was counted, for views of these names; of a whole join. */
  AsOfCounts value(List<AsOfView> views) {
    java.util.Map<String, Long> byView = new java.util.LinkedHashMap<>();
    for (int view = 0; view < views.size(); view++) {
      byView.put(views.get(view).name(), sum(matched.get(view)));
    }

    return new AsOfCounts(sum(spineRows), sum(rows), byView);
  }

  private static long sum(@Nullable RowCounter counter) {
    return counter == null ? 0 : Arrays.stream(counter.value()).sum();
  }
}
