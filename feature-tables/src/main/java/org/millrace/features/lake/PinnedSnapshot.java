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
import org.apache.spark.sql.delta.VersionChecksum;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.delta.actions.DomainMetadata;
import org.apache.spark.sql.delta.actions.SetTransaction;
import org.apache.spark.sql.delta.actions.SingleAction;
import org.apache.spark.sql.delta.implicits.package$;
import org.millrace.contracts.TableVersion;
import scala.Option;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/**
 * A version of a table whose files the driver knows from the log. Delta's own snapshot starts Spark
 * jobs to find them out, and others to choose among them for each scan: a third of the jobs of a
 * night. Delta still chooses the files, by partitions and by statistics, and reads them: it finds a
 * local relation in place of a cached one.
 *
 * <p>Only a version whose checksum file gives the same number of files and bytes is read so: what
 * the log has in a form that is not read here, such as checkpoints of the second kind, is Delta's.
 *
 * <p>Placement: driver only. Thread-safe.
 */
final class PinnedSnapshot extends Snapshot {
  /** More than these are better searched by many tasks. */
  static final int MAX_FILES = 5_000;

  private final SparkSession spark;
  private final Snapshot own;
  private final List<AddFile> files;

  private PinnedSnapshot(SparkSession spark, Snapshot own, List<AddFile> files) {
    super(own.path(), own.version(), own.logSegment(), own.deltaLog(), own.checksumOpt());
    this.spark = spark;
    this.own = own;
    this.files = List.copyOf(files);
  }

  /** A version as the driver knows it; empty if the log does not hold it, or it is Delta's. */
  static Optional<PinnedSnapshot> of(SparkSession spark, TableVersion table) {
    if (!TableLog.of(spark, table.path()).holds(table.version())) {
      return Optional.empty();
    }

    DeltaLog log = DeltaLog.forTable(spark, table.path());
    log.update(false, Option.empty(), Option.empty());
    return of(
        spark, table.path(), log.getSnapshotAt(table.version(), Option.empty(), Option.empty()));
  }

  /** The newest version, for a transaction to start from; empty as above. */
  static Optional<PinnedSnapshot> newest(SparkSession spark, String path, DeltaLog log) {
    return of(spark, path, log.update(false, Option.empty(), Option.empty()));
  }

  private static Optional<PinnedSnapshot> of(SparkSession spark, String path, Snapshot own) {
    if (own.version() < 0
        || own.checksumOpt().isEmpty()
        || own.checksumOpt().get().numFiles() > MAX_FILES) {
      return Optional.empty();
    }

    return TableLog.of(spark, path)
        .added(own.version())
        .map(files -> new PinnedSnapshot(spark, own, files))
        .filter(PinnedSnapshot::agreesWithChecksum);
  }

  private boolean agreesWithChecksum() {
    VersionChecksum checksum = checksumOpt().get();
    return checksum.numFiles() == numOfFiles() && checksum.tableSizeBytes() == sizeInBytes();
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

  /** Fencing numbers: the checksum file has them, unless they are too many. */
  @Override
  public Seq<SetTransaction> setTransactions() {
    Option<Seq<SetTransaction>> known = checksumOpt().get().setTransactions();
    return known.isDefined() ? known.get() : own.setTransactions();
  }

  @Override
  public Seq<DomainMetadata> domainMetadata() {
    return own.domainMetadata();
  }

  @Override
  public Dataset<Row> stateDF() {
    return own.stateDF();
  }

  @Override
  public Dataset<SingleAction> stateDS() {
    return own.stateDS();
  }
}
