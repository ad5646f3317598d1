package org.millrace.jobs.score;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.millrace.contracts.definition.AggregateFunction;
import org.millrace.contracts.definition.EmptyDays;
import org.millrace.contracts.definition.FeatureViewDefinition;
import org.millrace.contracts.definition.WindowedFeature;

/**
 * The rule that each view has a value for some row of each day: null for all of them means that
 * keys or times do not meet any more, or that rows are missing. A sample clears most days; only
 * those that it does not clear are looked at in full.
 *
 * <p>Placement: driver only. Used once.
 */
final class AnsweredDays {
  private final List<FeatureViewDefinition> views;
  private final String day;

  /**
   * Prepares the rule.
   *
   * @param views those of the pipeline
   * @param day the spine's DATE column
   */
  AnsweredDays(List<FeatureViewDefinition> views, String day) {
    this.views = views.stream().filter(view -> view.unansweredDays() == EmptyDays.FAIL).toList();
    this.day = day;
  }

  /** The columns that {@link #mark} adds. */
  List<String> marks() {
    return views.stream().map(AnsweredDays::mark).toList();
  }

  /** The same rows with a BOOLEAN for each view: whether it has a value. */
  Dataset<Row> mark(Dataset<Row> rows) {
    Dataset<Row> marked = rows;
    for (FeatureViewDefinition view : views) {
      marked = marked.withColumn(mark(view), isAnswered(view));
    }

    return marked;
  }

  private static String mark(FeatureViewDefinition view) {
    return "__millrace_answers_" + view.name();
  }

  /**
   * Refuses days for none of whose rows a view has a value.
   *
   * @param days those that have rows
   * @param sample some of the rows, marked
   * @param joined all rows of some days with their features, lazy
   * @throws MillraceException of category DATA_CONTRACT that names a view and its days
   */
  void requireAll(
      SortedSet<LocalDate> days,
      List<Row> sample,
      Function<SortedSet<LocalDate>, Dataset<Row>> joined) {
    Map<FeatureViewDefinition, SortedSet<LocalDate>> open = new LinkedHashMap<>();
    SortedSet<LocalDate> all = new TreeSet<>();
    for (FeatureViewDefinition view : views) {
      SortedSet<LocalDate> left = new TreeSet<>(days);
      sample.stream()
          .filter(row -> row.<Boolean>getAs(mark(view)))
          .forEach(row -> left.remove(row.<LocalDate>getAs(day)));
      open.put(view, left);
      all.addAll(left);
    }

    if (!all.isEmpty()) {
      requireAnswers(open, joined.apply(all));
    }
  }

  private void requireAnswers(
      Map<FeatureViewDefinition, SortedSet<LocalDate>> open, Dataset<Row> rows) {
    Column[] answers =
        open.keySet().stream()
            .map(view -> max(isAnswered(view)).as(mark(view)))
            .toArray(Column[]::new);
    for (Row row :
        rows.groupBy(col(day))
            .agg(answers[0], Arrays.copyOfRange(answers, 1, answers.length))
            .collectAsList()) {
      open.forEach(
          (view, days) -> {
            if (row.<Boolean>getAs(mark(view))) {
              days.remove(row.getLocalDate(0));
            }
          });
    }

    open.forEach(
        (view, days) -> {
          if (!days.isEmpty()) {
            throw unanswered(view, days);
          }
        });
  }

  private static MillraceException unanswered(
      FeatureViewDefinition view, SortedSet<LocalDate> days) {
    int more = days.size() - 1;
    return new MillraceException(
        ErrorCategory.DATA_CONTRACT,
        "Cannot score "
            + days.first()
            + (more > 0 ? " and " + more + " more days" : "")
            + ": "
            + view.table()
            + " has no value for any spine row, 0 vs at least 1; check whether its keys ("
            + String.join(", ", view.keys().keySet())
            + ") and times still meet those of the spine, or set 'unanswered-days: allow' in view "
            + view.name()
            + " if such days are normal");
  }

  /** Never null. */
  private static Column isAnswered(FeatureViewDefinition view) {
    List<Column> answers = new ArrayList<>();
    for (String output : view.outputs().keySet()) {
      Column value = col(view.column(output));
      answers.add(isCount(view.aggregates().get(output)) ? value.gt(0) : value.isNotNull());
    }

    return coalesce(answers.stream().reduce(lit(false), Column::or), lit(false));
  }

  private static boolean isCount(@Nullable WindowedFeature aggregate) {
    return aggregate != null
        && (aggregate.of().function() == AggregateFunction.COUNT
            || aggregate.of().function() == AggregateFunction.COUNT_DISTINCT);
  }
}
