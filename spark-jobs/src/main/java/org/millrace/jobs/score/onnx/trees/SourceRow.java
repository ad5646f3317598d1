package org.millrace.jobs.score.onnx.trees;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the elements of a tensor's row come from.
 *
 * @param sources by element, in the order of memory
 * @param dims the tensor's dimensions after the rows
 */
record SourceRow(List<FeatureSource> sources, List<Integer> dims) {
  SourceRow {
    sources = List.copyOf(sources);
    dims = List.copyOf(dims);
  }

  /** A row {@code [width]} of an input. */
  static SourceRow input(String name, int width) {
    return flat(IntStream.range(0, width).mapToObj(at -> new FeatureSource(name, at)).toList());
  }

  static SourceRow flat(List<FeatureSource> sources) {
    return new SourceRow(sources, List.of(sources.size()));
  }

  /** Each element spread over so many, which are a dimension of their own. */
  SourceRow spread(int count) {
    List<FeatureSource> all = new ArrayList<>();
    sources.forEach(source -> all.addAll(Collections.nCopies(count, source)));
    List<Integer> deeper = new ArrayList<>(dims);
    deeper.add(count);
    return new SourceRow(all, deeper);
  }

  /** Elements of a row {@code [width]}. */
  SourceRow picked(long[] positions) {
    List<FeatureSource> picked = new ArrayList<>();
    for (long position : positions) {
      picked.add(sources.get((int) (position < 0 ? position + sources.size() : position)));
    }

    return flat(picked);
  }

  /** Whether rows joined along an axis are one behind the other in memory too. */
  boolean isJoinedAlong(long axis) {
    int at = place(axis);
    return at >= 0 && at < dims.size() && dims.subList(0, at).stream().allMatch(dim -> dim == 1);
  }

  /** Joined along such an axis. */
  SourceRow joined(SourceRow other, long axis) {
    List<FeatureSource> all = new ArrayList<>(sources);
    all.addAll(other.sources);
    List<Integer> longer = new ArrayList<>(dims);
    longer.set(place(axis), dims.get(place(axis)) + other.dims.get(place(axis)));
    return new SourceRow(all, longer);
  }

  /** Which of the dimensions after the rows an axis is. */
  private int place(long axis) {
    return (int) (axis < 0 ? axis + dims.size() : axis - 1);
  }
}
