package org.millrace.bench;

import static org.millrace.bench.Peer.LIMIT;
import static org.millrace.bench.Peer.MAPINARROW;
import static org.millrace.bench.Peer.MILLRACE_PLAIN;
import static org.millrace.bench.Peer.NOMODEL;
import static org.millrace.bench.Peer.ORT;
import static org.millrace.bench.Peer.POLARS;
import static org.millrace.bench.Peer.PREDICT_BATCH_UDF;
import static org.millrace.bench.Peer.PYARROW;
import static org.millrace.bench.Peer.PYARROW_NOWRITE;
import static org.millrace.bench.Peer.SPARK_UDF;
import static org.millrace.bench.Peer.SYNAPSEML;
import static org.millrace.bench.Peer.SYNAPSEML_DEFAULT;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.millrace.bench.input.BenchModel;
import org.millrace.bench.input.DataSet;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;

/**
 * What is scored, and who is asked to. Peers that would take minutes for all rows get the first
 * ones of the same data, as many as they do in some seconds; throughput is what is compared.
 */
enum Workload {
  MLP(BenchModel.MLP, 4_000_000),
  GBT(BenchModel.GBT, 4_000_000),
  LGBM(BenchModel.LGBM, 1_000_000),
  DEEP(BenchModel.DEEP, 1_000_000),
  DEEP_BINNED(BenchModel.DEEP_BINNED, 1_000_000),
  ARRAY384(BenchModel.LINEAR384, 1_000_000),
  STARTUP(BenchModel.FOREST, 200_000),
  WRITE(BenchModel.MLP, 4_000_000);

  private static final int SLOW_TREE_ROWS = 250_000;
  private static final int SMALL_BATCH = 1000;
  private static final int USUAL_BATCH = 4096;

  private final BenchModel model;
  private final long rows;

  Workload(BenchModel model, long rows) {
    this.model = model;
    this.rows = rows;
  }

  /** As in ratios and on the command line. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  BenchModel model() {
    return model;
  }

  /** Rows that we score. */
  long rows() {
    return rows;
  }

  /** Those it is compared with where nobody names others. */
  List<Peer> peers() {
    return switch (this) {
      case MLP ->
          List.of(
              LIMIT,
              ORT,
              PYARROW,
              PYARROW_NOWRITE,
              POLARS,
              MAPINARROW,
              PREDICT_BATCH_UDF,
              SPARK_UDF,
              SYNAPSEML,
              SYNAPSEML_DEFAULT);
      case GBT ->
          List.of(
              MILLRACE_PLAIN,
              LIMIT,
              ORT,
              POLARS,
              MAPINARROW,
              PREDICT_BATCH_UDF,
              SPARK_UDF,
              SYNAPSEML);
      case LGBM, DEEP, DEEP_BINNED -> List.of(MILLRACE_PLAIN, ORT);
      case ARRAY384 -> List.of(LIMIT, ORT, PYARROW_NOWRITE, MAPINARROW, PREDICT_BATCH_UDF);
      case STARTUP -> List.of(ORT);
      case WRITE -> List.of(LIMIT, NOMODEL, ORT);
    };
  }

  /** Rows of a native call; for the start-up as many as a partition has. */
  int batch() {
    return this == STARTUP ? SMALL_BATCH : USUAL_BATCH;
  }

  /** Rows that the peer scores. */
  long rows(Peer peer) {
    if (peer.isOurs() || this == STARTUP || this == ARRAY384 || this == WRITE) {
      return rows;
    }

    return switch (this) {
      case LGBM, DEEP, DEEP_BINNED -> SLOW_TREE_ROWS;
      case GBT -> peer == Peer.SCAN ? rows : slowed(peer, 1_000_000, 500_000);
      default -> slowed(peer, rows, 2_000_000);
    };
  }

  private static long slowed(Peer peer, long usual, long slowest) {
    return peer.home() == Peer.Home.SYNAPSEML ? slowest : usual;
  }

  /**
   * The rows it reads, in files of which peers may get fewer.
   *
   * @param wanted rows in all; few rows make small files
   */
  DataSet data(long wanted) {
    return switch (this) {
      case STARTUP -> new DataSet(DataSet.Shape.COLUMNS, model.width(), SMALL_BATCH, 64);
      case ARRAY384 -> data(DataSet.Shape.ARRAY, 62_500, wanted);
      default -> data(DataSet.Shape.COLUMNS, 250_000, wanted);
    };
  }

  private DataSet data(DataSet.Shape shape, int largest, long wanted) {
    int fileRows = (int) Math.max(1, Math.min(largest, wanted / 4));
    return new DataSet(shape, model.width(), fileRows, 1);
  }

  /** The one of that name; {@code deep} stands for both of its models. */
  static List<Workload> of(String word) {
    List<Workload> found =
        Arrays.stream(values())
            .filter(one -> one.word().equals(word) || (word.equals("deep") && one == DEEP_BINNED))
            .toList();
    if (found.isEmpty()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot measure %s: no such workload vs %s"
              .formatted(
                  word,
                  Arrays.stream(values()).map(Workload::word).collect(Collectors.joining(", "))));
    }

    return found;
  }
}
