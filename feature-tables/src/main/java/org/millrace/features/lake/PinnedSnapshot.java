package org.millrace.features.lake;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.from_json;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.delta.actions.SetTransaction;
import org.apache.spark.sql.delta.implicits.package$;
import org.millrace.contracts.TableVersion;
import org.millrace.features.lake.LogCommit.FileChange;
import scala.Option;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/**
 * A version of a table whose files the driver knows from the log. Delta's own snapshot runs Spark
 * jobs to learn them, and further ones to choose among them for each scan; for the tables of a
 * night these are most of all its jobs. Choosing the files, by partitions and by statistics, and
 * reading them are Delta's as ever: it finds a local relation where it would find a cached one.
 *
 * <p>Placement: driver only. Thread-safe.
 */
final class PinnedSnapshot extends Snapshot {
  /** More than these are better searched by many tasks. */
  private static final int MAX_FILES = 5_000;

  private final SparkSession spark;
  private final List<AddFile> files;

  private PinnedSnapshot(SparkSession spark, Snapshot of, List<AddFile> files) {
    super(of.path(), of.version(), of.logSegment(), of.deltaLog(), of.checksumOpt());
    this.spark = spark;
    this.files = List.copyOf(files);
  }

  /**
   * A version as the driver knows it.
   *
   * @return empty if the log does not hold it, or it has what only Delta's own way reads
   */
  static Optional<PinnedSnapshot> of(SparkSession spark, TableVersion table) {
    Optional<List<AddFile>> files = TableLog.of(spark, table.path()).added(table.version());
    if (files.isEmpty()) {
      return Optional.empty();
    }

    DeltaLog log = DeltaLog.forTable(spark, table.path());
    log.update(false, Option.empty(), Option.empty());
    Snapshot own = log.getSnapshotAt(table.version(), Option.empty(), Option.empty());
    return Optional.of(new PinnedSnapshot(spark, own, files.get()));
  }

  /** The newest version, for a transaction to start from; empty as above. */
  static Optional<Snapshot> newest(SparkSession spark, String path, DeltaLog log) {
    Snapshot own = log.update(false, Option.empty(), Option.empty());
    return own.version() < 0
        ? Optional.empty()
        : TableLog.of(spark, path)
            .added(own.version())
            .map(files -> new PinnedSnapshot(spark, own, files));
  }

  /** The rows of the version. */
  Dataset<Row> rows() {
    return spark.baseRelationToDataFrame(
        deltaLog()
            .createRelation(
                JavaConverters.asScalaBuffer(new ArrayList<>()),
                Option.apply(this),
                Option.empty(),
                true));
  }

  /** The files of a version that can be read so; empty if one cannot, or there are too many. */
  static Optional<List<AddFile>> readable(Iterable<FileChange> live) {
    List<AddFile> files = new ArrayList<>();
    for (FileChange file : live) {
      if (file.added().isEmpty() || files.size() == MAX_FILES) {
        return Optional.empty();
      }

      files.add(file.added().get());
    }

    return Optional.of(files);
  }

  @Override
  public Dataset<AddFile> allFiles() {
    return spark.createDataset(files, package$.MODULE$.addFileEncoder());
  }

  @Override
  public Dataset<Row> withStatsInternal() {
    return allFiles().withColumn("stats", from_json(col("stats"), statsSchema()));
  }

  @Override
  public long sizeInBytes() {
    return files.stream().mapToLong(AddFile::size).sum();
  }

  @Override
  public Option<Object> sizeInBytesIfKnown() {
    return Option.apply(sizeInBytes());
  }

  @Override
  public long numOfFiles() {
    return files.size();
  }

  @Override
  public Option<Object> numOfFilesIfKnown() {
    return Option.apply(numOfFiles());
  }

  /** Fencing numbers: the commit's checksum file has them, unless they are too many. */
  @Override
  public Seq<SetTransaction> setTransactions() {
    Option<Seq<SetTransaction>> known =
        checksumOpt().isDefined() ? checksumOpt().get().setTransactions() : Option.empty();
    return known.isDefined() ? known.get() : super.setTransactions();
  }
}
