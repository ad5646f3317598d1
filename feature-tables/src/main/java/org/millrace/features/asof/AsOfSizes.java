package org.millrace.features.asof;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.internal.SQLConf;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import scala.math.BigInt;

/**
 * Chooses how the views of a node are joined, by what Spark estimates of its inputs. Driver only.
 */
final class AsOfSizes {
  /** Session setting: a view of at most so many bytes (as Spark estimates) is broadcast. */
  static final String BROADCAST_BYTES = "spark.millrace.asof.broadcast-bytes";

  private static final long BROADCAST_BYTES_DEFAULT = 16L << 20;

  /** Session setting: a spine of at most so many bytes (as Spark estimates) is held in memory. */
  static final String MEMORY_BYTES = "spark.millrace.asof.memory-bytes";

  private static final long MEMORY_BYTES_DEFAULT = 512L << 20;

  // estimates of files are of compressed bytes: a share of the spine may be several times as large
  private static final long BUCKET_BYTES = 32L << 20;
  private static final int MOST_BUCKETS = 1000;

  private final AsOfStrategy asked;
  private final List<LogicalPlan> inputs;
  private final long broadcastBytes;
  private final long memoryBytes;

  private AsOfSizes(AsOfStrategy asked, List<LogicalPlan> inputs) {
    this.asked = asked;
    this.inputs = inputs;
    this.broadcastBytes = bytes(BROADCAST_BYTES, BROADCAST_BYTES_DEFAULT);
    this.memoryBytes = bytes(MEMORY_BYTES, MEMORY_BYTES_DEFAULT);
  }

  static AsOfSizes of(AsOfNode node) {
    return new AsOfSizes(node.shape().strategy(), ScalaLists.list(node.children()));
  }

  private static long bytes(String setting, long byDefault) {
    String value = SQLConf.get().getConfString(setting, Long.toString(byDefault));
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use " + setting + ": '" + value + "' is not a number of bytes",
          e);
    }
  }

  /** The views, by number, that are small. */
  int[] broadcastViews() {
    IntStream views = IntStream.range(0, inputs.size() - 1);
    return switch (asked) {
      case BROADCAST -> views.toArray();
      case AUTO -> views.filter(view -> isSmall(inputs.get(view + 1))).toArray();
      case MEMORY, BUCKETS, SORT -> new int[0];
    };
  }

  private boolean isSmall(LogicalPlan plan) {
    return plan.stats().sizeInBytes().$less$eq(BigInt.apply(broadcastBytes));
  }

  /** How the other views are joined. */
  AsOfStrategy largeStrategy() {
    if (asked != AsOfStrategy.AUTO) {
      return asked;
    }

    boolean onlyMemory =
        ScalaLists.list(inputs.get(0).output()).stream()
            .anyMatch(column -> !Cell.holds(column.dataType()));
    if (onlyMemory) {
      return AsOfStrategy.MEMORY; // the spine's rows cannot be cut into chunks of columns
    }

    boolean fits = inputs.get(0).stats().sizeInBytes().$less$eq(BigInt.apply(memoryBytes));
    return fits && inputs.stream().allMatch(Repeatable::is)
        ? AsOfStrategy.MEMORY
        : AsOfStrategy.BUCKETS;
  }

  /** How many buckets, so that the spine's share of each fits beside those of other tasks. */
  int buckets(int parallelism) {
    BigInt bytes = inputs.get(0).stats().sizeInBytes();
    boolean isUnknown = bytes.$greater$eq(BigInt.apply(SQLConf.get().defaultSizeInBytes()));
    if (isUnknown) {
      return Math.max(parallelism, SQLConf.get().numShufflePartitions());
    }

    BigInt wanted = bytes.$div(BigInt.apply(BUCKET_BYTES)).$plus(BigInt.apply(1));
    BigInt most = BigInt.apply(MOST_BUCKETS);
    return Math.max(parallelism, (wanted.$less(most) ? wanted : most).intValue());
  }
}
