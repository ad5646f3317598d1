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

  private final AsOfStrategy asked;
  private final List<LogicalPlan> inputs;
  private final long broadcastBytes;

  private AsOfSizes(AsOfStrategy asked, List<LogicalPlan> inputs, long broadcastBytes) {
    this.asked = asked;
    this.inputs = inputs;
    this.broadcastBytes = broadcastBytes;
  }

  static AsOfSizes of(AsOfNode node) {
    String limit =
        SQLConf.get().getConfString(BROADCAST_BYTES, Long.toString(BROADCAST_BYTES_DEFAULT));
    return new AsOfSizes(node.shape().strategy(), ScalaLists.list(node.children()), bytes(limit));
  }

  private static long bytes(String limit) {
    try {
      return Long.parseLong(limit);
    } catch (NumberFormatException e) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use " + BROADCAST_BYTES + ": '" + limit + "' is not a number of bytes",
          e);
    }
  }

  /** The views, by number, that are small. */
  int[] broadcastViews() {
    IntStream views = IntStream.range(0, inputs.size() - 1);
    return switch (asked) {
      case BROADCAST -> views.toArray();
      case AUTO -> views.filter(view -> isSmall(inputs.get(view + 1))).toArray();
      case MEMORY, SORT -> new int[0];
    };
  }

  private boolean isSmall(LogicalPlan plan) {
    return plan.stats().sizeInBytes().$less$eq(BigInt.apply(broadcastBytes));
  }

  /** How the other views are joined. */
  AsOfStrategy largeStrategy() {
    return AsOfStrategy.MEMORY;
  }
}
