package org.millrace.features.window;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.spark.sql.execution.vectorized.OnHeapColumnVector;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.millrace.features.asof.EventBucket;

/**
 * The rows of one bucket with their aggregates, key after key. A key with more rows than a batch
 * goes on in the next. One task.
 */
final class WindowBatches implements Iterator<ColumnarBatch> {
  private static final int BATCH = 4096;

  private final EventBucket bucket;
  private final AsOfRange asOf;
  private final List<Series> series = new ArrayList<>();
  private final List<Moves[]> moves; // by window
  private final List<Accumulator> accumulators = new ArrayList<>();
  private final WritableColumnVector[] out;
  private int row;
  private int key = -1;
  private int event;

  WindowBatches(EventBucket bucket, List<Output> outputs, DataType[] types, AsOfRange asOf) {
    this.bucket = bucket;
    this.asOf = asOf;
    out = new WritableColumnVector[types.length];
    for (int i = 0; i < types.length; i++) {
      out[i] = new OnHeapColumnVector(BATCH, types[i]);
    }

    moves = build(outputs);
  }

  private record Source(int value, int filter, Output.Stored stored) {}

  private record Window(long agedMicros, int fromDay) {}

  private record Place(Source source, Window window) {}

  private List<Moves[]> build(List<Output> outputs) {
    Map<Source, Series> bySource = new LinkedHashMap<>();
    Map<Place, List<Output>> byPlace = new LinkedHashMap<>();
    for (Output output : outputs) {
      Source source = new Source(output.value(), output.filter(), output.stored());
      bySource.computeIfAbsent(
          source,
          added -> new Series(added.value(), added.filter(), added.stored(), output.kind()));
      Place place = new Place(source, new Window(output.agedMicros(), output.fromDay()));
      byPlace.computeIfAbsent(place, added -> new ArrayList<>()).add(output);
    }

    series.addAll(bySource.values());
    Map<Window, List<Moves>> byWindow = new LinkedHashMap<>();
    byPlace.forEach(
        (place, ofPlace) -> {
          Series from = java.util.Objects.requireNonNull(bySource.get(place.source()));
          Window window = place.window();
          Moves ofWindow = new Moves(from, window.agedMicros(), window.fromDay());
          byWindow.computeIfAbsent(window, added -> new ArrayList<>()).add(ofWindow);
          add(ofWindow, ofPlace);
        });
    return byWindow.values().stream().map(some -> some.toArray(Moves[]::new)).toList();
  }

  private void add(Moves ofWindow, List<Output> outputs) {
    List<Output> moments = new ArrayList<>();
    List<Output> quantiles = new ArrayList<>();
    for (Output output : outputs) {
      switch (output.function()) {
        case COUNT, SUM, AVG, STDDEV -> moments.add(output);
        case QUANTILE -> quantiles.add(output);
        case MIN, MAX -> accumulators.add(new Extreme(ofWindow, output, bucket));
        case COUNT_DISTINCT -> accumulators.add(new Distinct(ofWindow, output));
        case LAST -> accumulators.add(new LastValues(ofWindow, output, bucket));
      }
    }

    if (!moments.isEmpty()) {
      accumulators.add(new Moments(ofWindow, moments));
    }
    if (!quantiles.isEmpty()) {
      accumulators.add(new Quantiles(ofWindow, quantiles, bucket));
    }
  }

  @Override
  public boolean hasNext() {
    return row < bucket.rows();
  }

  @Override
  public ColumnarBatch next() {
    if (!hasNext()) {
      throw new NoSuchElementException("all " + row + " rows were given");
    }

    for (WritableColumnVector column : out) {
      column.reset();
    }

    int count = Math.min(BATCH, bucket.rows() - row);
    int usable = Math.max(0, Math.min(count, bucket.slots() - row));
    aggregate(row, row + usable);
    fillEmpty(usable, count);
    ColumnarBatch spine = bucket.spine(row, count);
    ColumnVector[] columns = new ColumnVector[spine.numCols() + out.length];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = i < spine.numCols() ? spine.column(i) : out[i - spine.numCols()];
    }

    row += count;
    return new ColumnarBatch(columns, count);
  }

  private void aggregate(int from, int to) {
    int[] starts = bucket.starts();
    int slot = from;
    while (slot < to) {
      if (key < 0 || slot == starts[key + 1]) {
        startKey(key + 1);
      }

      int end = Math.min(to, starts[key + 1]);
      for (Accumulator accumulator : accumulators) {
        accumulator.run(slot, end, out, slot - from);
      }

      slot = end;
    }
  }

  private void loadMoves(int first, int end) {
    for (Moves[] ofWindow : moves) {
      Moves whole = null;
      for (Moves one : ofWindow) {
        if (whole != null && one.series().isWhole) {
          one.share(whole);
        } else {
          one.load(bucket.asOf(), first, end);
          whole = one.series().isWhole ? one : whole;
        }
      }
    }
  }

  private void startKey(int started) {
    key = started;
    int[] starts = bucket.starts();
    asOf.require(bucket.asOf()[starts[key]], bucket.asOf()[starts[key + 1] - 1]);
    int first = event;
    while (event < bucket.events() && bucket.enter()[event] < starts[key + 1]) {
      event++;
    }
    for (Series one : series) {
      one.load(bucket, first, event);
    }
    loadMoves(starts[key], starts[key + 1]);
    for (Accumulator accumulator : accumulators) {
      accumulator.start();
    }
  }

  /** Rows behind the last slot see no event: a key with no events gives what they have. */
  private void fillEmpty(int from, int to) {
    if (from == to) {
      return;
    }

    for (Series one : series) {
      one.load(bucket, 0, 0);
    }
    loadMoves(0, 0);
    for (Accumulator accumulator : accumulators) {
      accumulator.start();
      accumulator.run(from, to, out, from);
    }
  }
}
