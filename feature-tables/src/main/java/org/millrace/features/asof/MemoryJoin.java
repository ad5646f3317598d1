package org.millrace.features.asof;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.ExprId;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * The steps of {@link AsOfStrategy#MEMORY}: the spine's keys and times to the driver, sorted;
 * candidates of each view, a few tasks each; winners; their values; the spine again, enriched. One
 * job for all views in each step. Driver only.
 */
final class MemoryJoin {
  /** Session setting: false has scans of views read all files, whatever the spine asks for. */
  static final String PUSH_DOWN = "spark.millrace.asof.push-down";

  private final JavaSparkContext context;
  private final boolean oneJvm;
  private final ColumnarSource spine;
  private List<ColumnarSource> views;
  private final List<AsOfShape.Columns> columns;
  private final List<ValueColumns> valueColumns;
  private final Attribute asOf;
  private final AsOfCounters counters;
  private final boolean pushesDown;

  /** Key sets: spine columns that one or more views share as their keys, in order. */
  private final Map<List<ExprId>, Integer> keySets = new LinkedHashMap<>();

  private final List<KeyReader> readers = new ArrayList<>();

  MemoryJoin(
      SparkSession session, List<ColumnarSource> inputs, List<Expression> flat, AsOfShape shape) {
    context = JavaSparkContext.fromSparkContext(session.sparkContext());
    oneJvm = Shared.isAllowed(session);
    spine = inputs.get(0);
    views = inputs.subList(1, inputs.size());
    columns = shape.columns(flat);
    valueColumns = columns.stream().map(AsOfShape.Columns::valueColumns).toList();
    asOf = AsOfShape.asOf(flat);
    counters = shape.counters();
    pushesDown = Boolean.parseBoolean(session.conf().get(PUSH_DOWN, "true"));
    for (AsOfShape.Columns view : columns) {
      if (keySets.putIfAbsent(ids(view.spineKeys()), keySets.size()) == null) {
        readers.add(new KeyReader(view.keys().stream().map(Expression::dataType).toList()));
      }
    }
  }

  private static List<ExprId> ids(List<Attribute> attributes) {
    return attributes.stream().map(NamedExpression::exprId).toList();
  }

  /** The enriched rows: the columns of the spine asked for, then those of the views. */
  JavaRDD<ColumnarBatch> rows(List<Attribute> spineOutput) {
    try (Parcels parcels = Parcels.open(oneJvm)) {
      List<TimeBlock> blocks = readSpine(parcels);
      List<TimeIndex> indexes = new ArrayList<>();
      for (int set = 0; set < readers.size(); set++) {
        indexes.add(TimeSorter.index(blocks, set, readers.get(set).isExact()));
      }

      if (pushesDown) {
        views = IntStream.range(0, views.size()).mapToObj(i -> bounded(i, indexes)).toList();
      }

      int[] starts = starts(blocks);
      List<Winners> winners = findWinners(indexes, parcels);
      ColumnarSource.Read read = spine.read(spineOutput);
      WinnerExchange exchange = new WinnerExchange(context, oneJvm, valueColumns, winners, starts);
      for (int view = 0; view < views.size(); view++) {
        ColumnarSource.Read features = views.get(view).read(columns.get(view).values());
        exchange.read(features, parcels);
      }

      return exchange.enrich(read, counters, parcels);
    }
  }

  private ColumnarSource bounded(int view, List<TimeIndex> indexes) {
    int set = keySet(view);
    return views
        .get(view)
        .within(ViewBounds.of(columns.get(view), indexes.get(set), readers.get(set)));
  }

  private List<TimeBlock> readSpine(Parcels parcels) {
    List<Attribute> wanted = new ArrayList<>(List.of(asOf));
    List<Integer> firstOfSet = new ArrayList<>();
    int sets = 0;
    for (AsOfShape.Columns view : columns) {
      if (java.util.Objects.equals(keySets.get(ids(view.spineKeys())), sets)) {
        firstOfSet.add(wanted.size());
        wanted.addAll(view.spineKeys());
        sets++;
      }
    }

    firstOfSet.add(wanted.size());
    ColumnarSource.Read read = spine.read(wanted);
    int[][] keys = new int[sets][];
    for (int set = 0; set < sets; set++) {
      keys[set] =
          java.util.Arrays.copyOfRange(
              read.ordinals(), firstOfSet.get(set), firstOfSet.get(set + 1));
    }

    ReadSpine task =
        new ReadSpine(
            read.ordinals()[0], keys, readers.toArray(KeyReader[]::new), counters, parcels);
    return read.batches().mapPartitions(task).collect().parallelStream()
        .map(packed -> parcels.open(packed, TimeBlock.class))
        .toList();
  }

  private static int[] starts(List<TimeBlock> blocks) {
    int[] starts = new int[blocks.size() + 1];
    long row = 0;
    for (int i = 0; i < blocks.size(); i++) {
      row += blocks.get(i).rows();
      if (row > Integer.MAX_VALUE) {
        throw new MillraceException(
            ErrorCategory.DEFINITION,
            "Cannot hold the spine of an as-of join in memory: it has more than "
                + Integer.MAX_VALUE
                + " rows; choose another strategy");
      }

      starts[i + 1] = (int) row;
    }

    return starts;
  }

  private List<Winners> findWinners(List<TimeIndex> indexes, Parcels parcels) {
    List<Shared<TimeIndex>> shared =
        indexes.stream().map(index -> Shared.of(context, oneJvm, index)).toList();
    List<List<Candidates>> found = new ArrayList<>();
    int[] partitions = new int[views.size()];
    List<JavaRDD<byte[]>> scans = new ArrayList<>();
    for (int view = 0; view < views.size(); view++) {
      found.add(new ArrayList<>());
      int set = keySet(view);
      ColumnarSource.Read read = readKeys(view);
      partitions[view] = read.batches().getNumPartitions();
      ViewScan scan = scan(view, read.ordinals());
      scans.add(
          read.batches()
              .mapPartitionsWithIndex(new Positioned.Tag(), true)
              .coalesce(Math.max(1, context.defaultParallelism()))
              .mapPartitions(
                  new FindCandidates(view, shared.get(set), readers.get(set), scan, parcels)));
    }

    union(scans).collect().parallelStream()
        .map(packed -> parcels.open(packed, FindCandidates.Found.class))
        .toList()
        .forEach(one -> found.get(one.view()).add(one.candidates()));

    List<Winners> winners = new ArrayList<>();
    for (int view = 0; view < views.size(); view++) {
      TimeIndex index = indexes.get(keySet(view));
      boolean oneTime = isOneTime(columns.get(view));
      Candidates best =
          found.get(view).isEmpty()
              ? new Candidates(index.slots(), oneTime)
              : Winners.merge(index, found.get(view));
      long ttl = columns.get(view).view().ttlMicros();
      winners.add(Winners.of(index, best, ttl, partitions[view]));
    }

    return winners;
  }

  private static JavaRDD<byte[]> union(List<JavaRDD<byte[]>> rdds) {
    JavaRDD<byte[]> all = rdds.get(0);
    for (JavaRDD<byte[]> more : rdds.subList(1, rdds.size())) {
      all = all.union(more);
    }

    return all;
  }

  private int keySet(int view) {
    return java.util.Objects.requireNonNull(keySets.get(ids(columns.get(view).spineKeys())));
  }

  private static boolean isOneTime(AsOfShape.Columns view) {
    return view.event().exprId().equals(view.known().exprId());
  }

  private ColumnarSource.Read readKeys(int view) {
    List<Attribute> wanted = new ArrayList<>(columns.get(view).keys());
    wanted.add(columns.get(view).event());
    if (!isOneTime(columns.get(view))) {
      wanted.add(columns.get(view).known());
    }

    return views.get(view).read(wanted);
  }

  private ViewScan scan(int view, int[] ordinals) {
    int keys = columns.get(view).keys().size();
    return new ViewScan(
        java.util.Arrays.copyOf(ordinals, keys),
        ordinals[keys],
        ordinals[ordinals.length - 1],
        columns.get(view).view().inclusive());
  }
}
