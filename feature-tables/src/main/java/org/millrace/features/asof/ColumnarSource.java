package org.millrace.features.asof;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.ExprId;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.execution.ColumnarToRowExec;
import org.apache.spark.sql.execution.FileSourceScanExec;
import org.apache.spark.sql.execution.InputAdapter;
import org.apache.spark.sql.execution.ProjectExec;
import org.apache.spark.sql.execution.RowToColumnarExec;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.WholeStageCodegenExec;
import org.apache.spark.sql.execution.datasources.FilePartition;
import org.apache.spark.sql.execution.datasources.FileScanRDD;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.PartitionedFile;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.jspecify.annotations.Nullable;

/**
 * An input of a join that can be read several times, some columns at a time, always with the same
 * rows at the same positions of the same partitions.
 *
 * <p>Where nothing but renaming and picking of columns stands above a columnar file scan, only the
 * columns asked for are read. Else the whole plan runs each time.
 *
 * <p>Driver only.
 */
final class ColumnarSource {
  private static final String PAGE_FILTERING = "parquet.filter.columnindex.enabled";
  private static final String BY_DICTIONARY = "parquet.filter.dictionary.enabled";

  private final SparkPlan plan;
  private final @Nullable FileSourceScanExec scan;
  private final Map<ExprId, Attribute> scanned; // of the plan's output; the scan's own attributes
  private final List<Expression> conditions; // on data columns of the scan
  private @Nullable List<FilePartition> partitions;

  private ColumnarSource(
      SparkPlan plan,
      @Nullable FileSourceScanExec scan,
      Map<ExprId, Attribute> scanned,
      List<Expression> conditions) {
    this.plan = plan;
    this.scan = scan;
    this.scanned = scanned;
    this.conditions = conditions;
  }

  /**
   * Batches and where the columns asked for stand in them.
   *
   * @param batches each valid until the next is asked for
   * @param ordinals one for each column asked for
   */
  @SuppressWarnings("ArrayRecordComponent") // bulk data, never compared
  record Read(JavaRDD<ColumnarBatch> batches, int[] ordinals) {}

  /** Looks through what only passes columns on. */
  static ColumnarSource of(SparkPlan plan) {
    Map<ExprId, Attribute> names = new HashMap<>();
    ScalaLists.list(plan.output()).forEach(column -> names.put(column.exprId(), column));
    SparkPlan below = plan;
    while (!(below instanceof FileSourceScanExec)) {
      if (below instanceof ProjectExec project) {
        if (!renames(project, names)) {
          return new ColumnarSource(plan, null, Map.of(), List.of());
        }
        below = project.child();
      } else if (below instanceof RowToColumnarExec
          || below instanceof ColumnarToRowExec
          || below instanceof WholeStageCodegenExec
          || below instanceof InputAdapter) {
        below = below.children().head();
      } else {
        return new ColumnarSource(plan, null, Map.of(), List.of());
      }
    }

    FileSourceScanExec scan = (FileSourceScanExec) below;
    return scan.supportsColumnar()
        ? new ColumnarSource(plan, scan, names, List.of())
        : new ColumnarSource(plan, null, Map.of(), List.of());
  }

  private static boolean renames(ProjectExec project, Map<ExprId, Attribute> names) {
    Map<ExprId, Attribute> sources = new HashMap<>();
    for (NamedExpression column : ScalaLists.list(project.projectList())) {
      if (column instanceof Attribute attribute) {
        sources.put(attribute.exprId(), attribute);
      } else if (column instanceof Alias alias && alias.child() instanceof Attribute attribute) {
        sources.put(alias.exprId(), attribute);
      } else {
        return false;
      }
    }

    names.replaceAll((id, attribute) -> sources.getOrDefault(attribute.exprId(), attribute));
    return true;
  }

  /**
   * The same input, from which files and row groups may be missing that have, by their statistics,
   * no row within the bounds. To be asked for before anything is read, once.
   */
  ColumnarSource within(List<ViewBounds.Bound> bounds) {
    // of other formats it is not known that what they leave out depends on the bounds alone
    if (scan == null || !(scan.relation().fileFormat() instanceof ParquetFileFormat)) {
      return this;
    }

    List<StructField> data = List.of(scan.requiredSchema().fields());
    List<Expression> more = new ArrayList<>();
    for (ViewBounds.Bound bound : bounds) {
      Attribute column = java.util.Objects.requireNonNull(scanned.get(bound.column().exprId()));
      int ordinal = ordinals(scan, List.of(column))[0];
      if (ordinal < data.size()) { // behind them: partition columns
        more.add(bound.condition().apply(column));
      }
    }

    return new ColumnarSource(plan, scan, scanned, List.copyOf(more));
  }

  /** Reads some of the plan's columns. */
  Read read(List<Attribute> columns) {
    if (scan == null) {
      return new Read(plan.executeColumnar().toJavaRDD(), ordinals(plan, columns));
    }

    List<Attribute> wanted =
        columns.stream()
            .map(column -> java.util.Objects.requireNonNull(scanned.get(column.exprId())))
            .toList();
    FileSourceScanExec narrow = narrow(scan, wanted, conditions);
    if (!narrow.supportsColumnar()) {
      return new Read(plan.executeColumnar().toJavaRDD(), ordinals(plan, columns));
    }

    requireSamePartitions(narrow);
    return new Read(narrow.executeColumnar().toJavaRDD(), ordinals(narrow, wanted));
  }

  private static int[] ordinals(SparkPlan plan, List<Attribute> columns) {
    List<ExprId> ids =
        ScalaLists.list(plan.output()).stream().map(NamedExpression::exprId).toList();
    int[] ordinals = columns.stream().mapToInt(column -> ids.indexOf(column.exprId())).toArray();
    if (Arrays.stream(ordinals).anyMatch(ordinal -> ordinal < 0)) {
      throw new IllegalStateException("not all of " + columns + " in " + plan.output());
    }

    return ordinals;
  }

  private static FileSourceScanExec narrow(
      FileSourceScanExec scan, List<Attribute> wanted, List<Expression> conditions) {
    Set<ExprId> ids = wanted.stream().map(NamedExpression::exprId).collect(Collectors.toSet());
    List<StructField> fields = new ArrayList<>();
    List<Attribute> output = new ArrayList<>();
    List<Attribute> all = ScalaLists.list(scan.output());
    int dataColumns = scan.requiredSchema().length();
    for (int i = 0; i < all.size(); i++) {
      boolean isData = i < dataColumns; // behind them: partition columns, which cost nothing
      if (!isData || ids.contains(all.get(i).exprId())) {
        output.add(all.get(i));
        if (isData) {
          fields.add(scan.requiredSchema().fields()[i]);
        }
      }
    }

    List<Expression> filters = new ArrayList<>(ScalaLists.list(scan.dataFilters()));
    filters.addAll(conditions);
    return scan.copy(
        conditions.isEmpty() ? scan.relation() : inWholeRowGroups(scan.relation()),
        ScalaLists.seq(output),
        new StructType(fields.toArray(StructField[]::new)),
        scan.partitionFilters(),
        scan.optionalBucketSet(),
        scan.optionalNumCoalescedBuckets(),
        ScalaLists.seq(filters),
        scan.tableIdentifier(),
        scan.disableBucketedScan());
  }

  /**
   * Parquet can leave out single pages too, but then only if the columns of the conditions are
   * read, which the second pass does not do: both have to leave out the same rows. Dictionaries of
   * keys are not looked at: reading them all, twice, costs more than a range of keys leaves out.
   */
  private static HadoopFsRelation inWholeRowGroups(HadoopFsRelation relation) {
    return relation.copy(
        relation.location(),
        relation.partitionSchema(),
        relation.dataSchema(),
        relation.bucketSpec(),
        relation.fileFormat(),
        relation.options().updated(PAGE_FILTERING, "false").updated(BY_DICTIONARY, "false"),
        relation.sparkSession());
  }

  /** Positions mean the same row in each read only if the files are cut in the same way. */
  private void requireSamePartitions(FileSourceScanExec narrow) {
    if (!(narrow.inputRDD() instanceof FileScanRDD files)) {
      return; // no file at all
    }

    List<FilePartition> now = ScalaLists.list(files.filePartitions());
    if (partitions == null) {
      partitions = now;
    } else if (!pieces(partitions).equals(pieces(now))) {
      throw new IllegalStateException("the files of " + plan.nodeName() + " changed while read");
    }
  }

  private static List<List<String>> pieces(List<FilePartition> partitions) {
    List<List<String>> pieces = new ArrayList<>();
    for (FilePartition partition : partitions) {
      List<String> files = new ArrayList<>();
      for (PartitionedFile file : partition.files()) {
        files.add(file.filePath() + "@" + file.start() + "+" + file.length());
      }

      pieces.add(files);
    }

    return pieces;
  }
}
