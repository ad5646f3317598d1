package org.millrace.features.lake;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaConcurrentModificationException;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.DeltaOperations;
import org.apache.spark.sql.delta.DeltaOptions;
import org.apache.spark.sql.delta.OptimisticTransaction;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.Metadata;
import org.apache.spark.sql.delta.actions.SetTransaction;
import org.apache.spark.sql.delta.commands.WriteIntoDelta;
import org.apache.spark.sql.types.StructType;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.FaultPoint;
import org.millrace.contracts.Json;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.ledger.CommitNote;
import scala.Option;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/**
 * One write of a table as one Delta transaction: fence, write, commit, and the truth about a commit
 * whose answer was lost. Driver only; used once.
 */
final class TableTransaction {
  /** Looks at the table as the transaction reads it, before anything is written. */
  interface Check {
    void accept(OptimisticTransaction transaction);
  }

  /**
   * What to write and how.
   *
   * @param object the table's name at fault points
   * @param what the table and its days, for messages
   * @param options of Delta's writer
   * @param partitions columns that partition the table
   * @param configuration of the table if this write creates it; {@code comment} describes it
   * @param schema of the table if this write creates it
   */
  record Write(
      String object,
      String what,
      SaveMode mode,
      Map<String, String> options,
      List<String> partitions,
      Map<String, String> configuration,
      Option<StructType> schema) {}

  private final SparkSession spark;
  private final String path;
  private final DeltaLog log;
  private final Write write;
  private final Fence fence;
  private final CommitNote note;

  TableTransaction(SparkSession spark, String path, Write write, Fence fence, CommitNote note) {
    this.spark = spark;
    this.path = path;
    this.log = DeltaLog.forTable(spark, path);
    this.write = write;
    this.fence = fence;
    this.note = note;
  }

  /**
   * Writes rows and commits.
   *
   * @return the version that holds this commit
   * @throws DeltaConcurrentModificationException if a conflicting commit came first; nothing of
   *     this one is in the table
   */
  long commit(Dataset<Row> rows, Check check) {
    return log.withNewTransaction(
        Option.empty(),
        start(),
        transaction -> {
          check.accept(transaction);
          requireFence(transaction);
          WriteIntoDelta command =
              new WriteIntoDelta(
                  log,
                  write.mode(),
                  new DeltaOptions(ScalaMaps.of(write.options()), spark.sessionState().conf()),
                  seq(write.partitions()),
                  ScalaMaps.of(write.configuration()),
                  rows,
                  Option.empty(),
                  transaction.readVersion() < 0 ? write.schema() : Option.empty());
          var written = command.writeAndReturnCommitData(transaction, spark, Option.empty(), false);
          return commit(transaction, written.actions(), written.stringTags());
        });
  }

  /** Commits the fencing numbers alone. */
  long commitFence() {
    return log.withNewTransaction(
        Option.empty(),
        start(),
        transaction -> {
          requireFence(transaction);
          return commit(transaction, seq(List.<Action>of()), ScalaMaps.of(Map.of()));
        });
  }

  /** Commits a description alone; nothing if the table has it already. */
  OptionalLong commitDescription(TableDescription description) {
    return log.withNewTransaction(
        Option.empty(),
        start(),
        transaction -> {
          Optional<Metadata> renewed = description.renew(transaction.metadata());
          if (renewed.isEmpty()) {
            return OptionalLong.empty();
          }

          requireFence(transaction);
          transaction.updateMetadata(renewed.get(), false);
          return OptionalLong.of(
              commit(transaction, seq(List.<Action>of()), ScalaMaps.of(Map.of())));
        });
  }

  /** What the transaction reads: without Spark jobs where that can be. */
  private Option<Snapshot> start() {
    return Option.apply((Snapshot) PinnedSnapshot.newest(spark, path, log).orElse(null));
  }

  private void requireFence(OptimisticTransaction transaction) {
    fence
        .numbers()
        .forEach(
            (id, number) -> {
              // reading the number makes a later commit of it a conflict with this one
              long recorded = transaction.txnVersion(id);
              if (recorded > number) {
                throw new MillraceException(
                    ErrorCategory.BUSY,
                    "Cannot write "
                        + write.what()
                        + ": another run took over "
                        + id
                        + ", fencing number "
                        + number
                        + " vs "
                        + recorded
                        + " in the table; nothing was written, run it again later");
              }
            });
  }

  private long commit(
      OptimisticTransaction transaction,
      Seq<? extends Action> written,
      scala.collection.immutable.Map<String, String> tags) {
    List<Action> actions = new ArrayList<>(JavaConverters.seqAsJavaList(written));
    fence
        .numbers()
        .forEach((id, number) -> actions.add(new SetTransaction(id, number, Option.empty())));
    DeltaOperations.Write operation =
        new DeltaOperations.Write(
            write.mode(),
            Option.apply(seq(write.partitions())),
            Option.apply(write.options().get("replaceWhere")),
            Option.apply(note.toJson()));
    try {
      FaultPoint.BEFORE_COMMIT.reached(write.object());
      long version = transaction.commit(seq(actions), operation, tags);
      FaultPoint.AFTER_COMMIT.reached(write.object());
      return version;
    } catch (Exception e) {
      // Scala throws checked exceptions without saying so; the log alone knows what happened
      return settle(transaction, e);
    }
  }

  /** The version of a commit that took effect though its answer was a failure, or that failure. */
  private long settle(OptimisticTransaction transaction, Exception failure) {
    OptionalLong version;
    boolean isConflict = failure instanceof DeltaConcurrentModificationException;
    try {
      version = find(transaction);
      if (version.isEmpty() && !isConflict) {
        closeVersion(transaction);
        version = find(transaction);
      }
    } catch (Exception e) { // of any kind: without the log it is unknown what happened
      failure.addSuppressed(e);
      throw new MillraceException(
          ErrorCategory.PUBLISH_STATE_UNKNOWN,
          "Cannot determine whether the commit to "
              + write.what()
              + " took effect: its answer was lost ("
              + failure
              + ") and the table's log cannot be used; do not run it again before `millrace doctor"
              + " --publication "
              + note.runKey()
              + "` shows it",
          failure);
    }

    if (version.isPresent()) {
      return version.getAsLong();
    }

    throw isConflict ? sneaky(failure) : certain(failure);
  }

  private OptionalLong find(OptimisticTransaction transaction) {
    return TableLog.of(spark, path).findTransaction(transaction.txnId(), transaction.readVersion());
  }

  /**
   * Takes the version that a lost commit could still get: remote storage may carry out a write
   * after its answer was given up. A commit never replaces one, so afterwards it cannot.
   */
  private void closeVersion(OptimisticTransaction transaction) {
    if (log.update(false, Option.empty(), Option.empty()).version() < 0) {
      // a first commit must make a table; this is the one that was wanted, without its rows
      new TableTransaction(spark, path, write, Fence.NONE, note).create(transaction);
      return;
    }

    commitClosing(log.startTransaction(Option.empty(), Option.empty()), transaction);
  }

  private void create(OptimisticTransaction lost) {
    OptimisticTransaction creation = log.startTransaction(Option.empty(), Option.empty());
    creation.updateMetadata(lost.metadata(), false);
    commitClosing(creation, lost);
  }

  private void commitClosing(OptimisticTransaction closing, OptimisticTransaction lost) {
    String text = Json.write(Map.of("closes_transaction", lost.txnId()));
    closing.commit(
        seq(List.<Action>of()),
        new DeltaOperations.Write(
            SaveMode.Append, Option.empty(), Option.empty(), Option.apply(text)));
  }

  private RuntimeException certain(Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof java.io.IOException) {
        return new MillraceException(
            ErrorCategory.EXTERNAL,
            "Cannot commit to "
                + write.what()
                + ": the storage of its log failed ("
                + cause
                + "); nothing was written, run it again",
            failure);
      }
    }

    return sneaky(failure);
  }

  @SuppressWarnings("unchecked") // the exception keeps its type, as where Scala threw it
  private static <E extends Exception> RuntimeException sneaky(Exception failure) throws E {
    throw (E) failure;
  }

  private static <T> Seq<T> seq(List<? extends T> list) {
    return JavaConverters.<T>asScalaBuffer(new ArrayList<T>(list)).toList();
  }
}
