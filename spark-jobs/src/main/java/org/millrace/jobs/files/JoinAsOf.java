package org.millrace.jobs.files;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.JobResult;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.files.AsOfRequest;
import org.millrace.features.asof.AsOfCounts;
import org.millrace.features.asof.AsOfJoin;
import org.millrace.features.asof.AsOfView;
import org.millrace.features.spark.ColumnNames;
import org.millrace.features.window.EventWindows;
import org.millrace.features.window.WindowAggregates;
import org.millrace.jobs.room.JobContext;

/**
 * {@code millrace asof}: joins a spine to a view, or to aggregates of it in windows, as of each
 * row's own time, and proves that every spine row came out once before the output is there. Driver
 * only.
 */
final class JoinAsOf {
  private static final String AS_OF = "__millrace_as_of";
  private static final String EVENT = "__millrace_event";
  private static final String KNOWN = "__millrace_known";

  private final SparkSession spark;
  private final AsOfRequest request;
  private final String name;

  /** Prepares the join. */
  JoinAsOf(SparkSession spark, AsOfRequest request) {
    this.spark = requireNonNull(spark, "spark is null");
    this.request = requireNonNull(request, "request is null");
    this.name = nameOf(request.view());
  }

  /** What messages call the view: its file or directory, or its table. */
  private static String nameOf(String view) {
    String last = view.replaceFirst("/+$", "").replaceFirst(".*/", "");
    String word = last.replaceFirst("[.][a-z.]+$", "").replaceAll("[^A-Za-z0-9]+", "_");
    return word.replace("_", "").isEmpty() ? "view" : word;
  }

  /**
   * Joins and writes.
   *
   * @throws MillraceException DEFINITION where a column is missing or of a wrong type, or would
   *     stand twice; INPUT_MISSING where an input is not there
   */
  JobResult join() {
    List<Path> inputs = InputTable.paths(request.spine(), request.view());
    try (FileOutput output = new FileOutput(spark, request.output(), "asof", inputs)) {
      return join(output);
    }
  }

  private JobResult join(FileOutput output) {
    long start = System.nanoTime();
    AlignedKeys aligned =
        AlignedKeys.of(
            spark,
            InputTable.open(spark, request.spine()),
            InputTable.open(spark, request.view()),
            request.keys());
    InputTable spine = aligned.spine();
    InputTable view = aligned.view();
    output.requireApart(spine.places());
    output.requireApart(view.places());
    Dataset<Row> asked = aligned.asked().withColumn(AS_OF, instant(spine, request.asOf(), "as-of"));
    Dataset<Row> facts =
        view.rows()
            .withColumn(EVENT, instant(view, request.eventTime(), "event-time"))
            .withColumn(
                KNOWN, instant(view, request.knownAt().orElse(request.eventTime()), "known-at"));
    Supplier<AsOfCounts> counts =
        request.aggregates().isEmpty()
            ? stageJoin(output, aligned, asked, facts)
            : stageWindows(output, aligned, asked, facts);
    AsOfCounts conserved = counts.get().requireConserved();
    output.publish();
    return result(conserved, spine, view, start);
  }

  private Supplier<AsOfCounts> stageJoin(
      FileOutput output, AlignedKeys aligned, Dataset<Row> asked, Dataset<Row> facts) {
    List<String> features = features(aligned.view().rows());
    AsOfView view = view(facts, aligned.keys(), features);
    AsOfJoin.Result joined = AsOfJoin.spine(asked, AS_OF).with(view).join();
    output.stage(joined.rows().select(columns(aligned.spine().rows(), features)));
    return joined::counts;
  }

  private Supplier<AsOfCounts> stageWindows(
      FileOutput output, AlignedKeys aligned, Dataset<Row> asked, Dataset<Row> facts) {
    boolean isLookUp = !request.features().isEmpty() || request.tie().isPresent();
    if (isLookUp || request.ttl().isPresent()) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot aggregate "
              + request.view()
              + ": --features, --tie and --ttl are for looking up the newest row; leave them out, or"
              + " --aggregate");
    }

    EventWindows windows = windows(facts, aligned.keys());
    WindowAggregates.Result result = WindowAggregates.spine(asked, AS_OF).over(windows).aggregate();
    int prefix = name.length() + 2;
    List<String> names = windows.columns().stream().map(name -> name.substring(prefix)).toList();
    output.stage(result.rows().select(columns(aligned.spine().rows(), names)));
    return result::counts;
  }

  private EventWindows windows(Dataset<Row> facts, Map<String, String> keys) {
    EventWindows.Builder builder =
        EventWindows.of(name, facts)
            .times(EVENT, request.knownAt().isPresent() ? KNOWN : EVENT)
            .boundary(request.boundary());
    keys.forEach(builder::key);
    request.aggregates().forEach(builder::aggregate);
    return builder.build();
  }

  private AsOfView view(Dataset<Row> facts, Map<String, String> keys, List<String> features) {
    AsOfView.Builder builder =
        AsOfView.of(name, facts)
            .times(EVENT, KNOWN)
            .boundary(request.boundary())
            .features(features);
    keys.forEach(builder::key);
    request.ttl().ifPresent(builder::ttl);
    request.tie().ifPresent(builder::tie);
    return builder.build();
  }

  private List<String> features(Dataset<Row> view) {
    if (!request.features().isEmpty()) {
      return request.features();
    }

    Set<String> others = new LinkedHashSet<>(List.of(view.columns()));
    others.removeAll(request.keys().keySet());
    others.remove(request.eventTime());
    request.knownAt().ifPresent(others::remove);
    request.tie().ifPresent(others::remove);
    return List.copyOf(others);
  }

  /** All of the spine as it was, then the features by their names. */
  private Column[] columns(Dataset<Row> spine, List<String> features) {
    List<Column> columns = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    for (String name : spine.columns()) {
      columns.add(ColumnNames.column(name));
      names.add(name.toLowerCase(Locale.ROOT));
    }

    for (String feature : features) {
      String name = request.prefix() + feature;
      if (!names.add(name.toLowerCase(Locale.ROOT))) { // SQL could not tell them apart
        throw new MillraceException(
            ErrorCategory.DEFINITION,
            "Cannot join %s: column '%s' would appear twice in the output, in whatever case; give --prefix, or name others with --features"
                .formatted(request.view(), name));
      }

      columns.add(ColumnNames.column(this.name + "__" + feature).as(name));
    }

    return columns.toArray(Column[]::new);
  }

  /** A time as an instant: local times and dates, as other tools write them, are taken as UTC. */
  private static Column instant(InputTable table, String name, String option) {
    if (!List.of(table.rows().columns()).contains(name)) {
      throw new MillraceException(
          ErrorCategory.DEFINITION,
          "Cannot use --%s %s: %s has no such column; it has %s"
              .formatted(option, name, table.name(), String.join(", ", table.rows().columns())));
    }

    DataType type = table.rows().schema().apply(name).dataType();
    if (type.equals(DataTypes.TimestampType)) {
      return ColumnNames.column(name);
    }

    boolean isDirectory =
        table.directories().containsKey(name)
            && table.directories().get(name).stream()
                .allMatch(day -> day.isEmpty() || AlignedKeys.isWritten(day, DataTypes.DateType));
    if (type.equals(DataTypes.TimestampNTZType) || type.equals(DataTypes.DateType) || isDirectory) {
      return ColumnNames.column(name).cast(DataTypes.TimestampType);
    }

    throw new MillraceException(
        ErrorCategory.DEFINITION,
        "Cannot use --%s %s: it is %s in %s vs TIMESTAMP or DATE; have its producer write times such as 2024-03-01T05:00:00Z"
            .formatted(option, name, type.sql(), table.name()));
  }

  private JobResult result(AsOfCounts counts, InputTable spine, InputTable view, long start) {
    Map<String, Long> named = new LinkedHashMap<>();
    named.put("rows_in", counts.spineRows());
    named.put("rows_out", counts.rows());
    if (counts.matched().containsKey(name)) {
      named.put("matched", counts.matched().getOrDefault(name, 0L));
    }
    Map<String, String> versions = new LinkedHashMap<>();
    for (InputTable input : List.of(spine, view)) {
      input.version().ifPresent(version -> versions.put(input.name(), version.toString()));
    }

    return JobResult.done(
        "asof",
        "Joined " + request.spine() + " to " + request.view() + " in " + request.output().path(),
        named,
        versions,
        JobContext.secondsSince(start));
  }
}
