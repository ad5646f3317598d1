package org.millrace.features.asof;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Brings the values of winners to the spine rows that take them. In one JVM the values are read
 * once, by a job, and shared; between executors they are shuffled to the partitions of the spine
 * that want them, so that Spark's own means repair what is lost. Driver only.
 */
final class WinnerExchange {
  private final JavaSparkContext context;
  private final boolean oneJvm;
  private final List<ValueColumns> columns;
  private final List<Winners> winners;
  private final int[] starts;
  private final List<int[]> places = new ArrayList<>();
  private final List<WinnerTargets> targets = new ArrayList<>();
  private final List<JavaPairRDD<Integer, byte[]>> values = new ArrayList<>();

  /**
   * @param starts first row of each partition of the spine, and the number of rows
   */
  WinnerExchange(
      JavaSparkContext context,
      boolean oneJvm,
      List<ValueColumns> columns,
      List<Winners> winners,
      int[] starts) {
    this.context = context;
    this.oneJvm = oneJvm;
    this.columns = columns;
    this.winners = winners;
    this.starts = starts;
    for (Winners view : winners) {
      int[] ofRow = view.placeOfRow(starts[starts.length - 1]);
      places.add(ofRow);
      if (!oneJvm) {
        targets.add(new WinnerTargets(view, ofRow, starts));
      }
    }
  }

  /** Adds the values of the next view. */
  void read(ColumnarSource.Read features, Parcels parcels) {
    int view = values.size();
    List<Shared<FetchValues.Wanted>> wanted = new ArrayList<>();
    int[] firsts = winners.get(view).firstPlaces();
    for (int partition = 0; partition < firsts.length - 1; partition++) {
      FetchValues.Wanted one =
          new FetchValues.Wanted(
              winners.get(view).wanted(partition),
              firsts[partition + 1] - firsts[partition],
              oneJvm ? new PackedLongs[0] : targets.get(view).wanted(partition));
      wanted.add(Shared.of(context, oneJvm, one));
    }

    values.add(
        JavaPairRDD.fromJavaRDD(
            features
                .batches()
                .mapPartitionsWithIndex(
                    new FetchValues(view, wanted, features.ordinals(), columns.get(view), parcels),
                    true)));
  }

  /** The spine's rows with the values of all views. */
  JavaRDD<ColumnarBatch> enrich(ColumnarSource.Read spine, AsOfCounters counters, Parcels parcels) {
    JavaPairRDD<Integer, byte[]> all = values.get(0);
    for (JavaPairRDD<Integer, byte[]> more : values.subList(1, values.size())) {
      all = all.union(more);
    }

    return oneJvm
        ? enrichByMemory(spine, all.values().collect(), counters, parcels)
        : enrichByShuffle(spine, all, counters);
  }

  private JavaRDD<ColumnarBatch> enrichByMemory(
      ColumnarSource.Read spine, List<byte[]> packed, AsOfCounters counters, Parcels parcels) {
    List<ValueChunk[]> chunks = new ArrayList<>();
    winners.forEach(view -> chunks.add(new ValueChunk[view.firstPlaces().length - 1]));
    for (byte[] one : packed) {
      FetchValues.Fetched fetched = parcels.open(one, FetchValues.Fetched.class);
      chunks.get(fetched.view())[fetched.partition()] = fetched.values();
    }

    List<Enrichment> views = new ArrayList<>();
    for (int view = 0; view < chunks.size(); view++) {
      ValueTable table = new ValueTable(chunks.get(view), winners.get(view).firstPlaces());
      table.decide(winners.get(view).ties(), places.get(view));
      views.add(new Enrichment(table, columns.get(view), places.get(view)));
    }

    Shared<EnrichByMemory.Spine> shared =
        Shared.of(context, true, new EnrichByMemory.Spine(views, starts));
    return spine
        .batches()
        .mapPartitionsWithIndex(new EnrichByMemory(spine.ordinals(), shared, counters), true);
  }

  private JavaRDD<ColumnarBatch> enrichByShuffle(
      ColumnarSource.Read spine, JavaPairRDD<Integer, byte[]> all, AsOfCounters counters) {
    int partitions = starts.length - 1;
    List<Shared<EnrichByShuffle.Expected>> expected = new ArrayList<>();
    for (int partition = 0; partition < partitions; partition++) {
      List<WinnerTargets.Target> views = new ArrayList<>();
      for (WinnerTargets target : targets) {
        views.add(target.target(partition));
      }

      int rows = starts[partition + 1] - starts[partition];
      expected.add(Shared.of(context, false, new EnrichByShuffle.Expected(rows, views)));
    }

    EnrichByShuffle task = new EnrichByShuffle(spine.ordinals(), columns, expected, counters);
    return spine
        .batches()
        .mapPartitionsWithIndex(new Positioned.Tag(), true)
        .zipPartitions(ValueParcel.shuffle(all, partitions, context.getConf()), task);
  }
}
