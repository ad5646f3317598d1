package org.millrace.features.validation;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import com.amazon.deequ.profiles.ColumnProfile;
import com.amazon.deequ.suggestions.ConstraintSuggestion;
import com.amazon.deequ.suggestions.ConstraintSuggestionRunner;
import com.amazon.deequ.suggestions.rules.CategoricalRangeRule;
import com.amazon.deequ.suggestions.rules.CompleteIfCompleteRule;
import com.amazon.deequ.suggestions.rules.ConstraintRule;
import com.amazon.deequ.suggestions.rules.NonNegativeNumbersRule;
import com.amazon.deequ.suggestions.rules.RetainCompletenessRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.millrace.features.spark.ColumnNames;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/**
 * Rules that rows keep, proposed by Deequ's constraint suggestions (Schelter et al., Automating
 * large-scale data quality verification, VLDB 2018), as DQDL.
 *
 * <p>Placement: driver only; several Spark jobs.
 */
public final class SuggestedRules {
  /** Where a share of rows has no value, so much less may have one before the rule is broken. */
  private static final double SLACK = 0.1;

  /** More values than a person would list. */
  private static final int MOST_VALUES = 20;

  private static final String DAY = "__millrace_day";

  private SuggestedRules() {}

  /**
   * A rule.
   *
   * @param column that it is about
   * @param dqdl as a file of rules has it
   * @param share of the rows that keep it, 0 to 1; of a rule on completeness those with a value
   */
  public record Suggested(String column, String dqdl, double share) {}

  /** A rule with what tells whether a row keeps it. */
  private record Measured(String column, String dqdl, Column keeps) {}

  /**
   * Looks at rows and proposes rules that they keep.
   *
   * @param rows columns of numbers, texts and booleans
   */
  public static List<Suggested> of(Dataset<Row> rows) {
    return of(rows, rows.withColumn(DAY, lit(0)));
  }

  /**
   * The same for rows that are judged day by day: a rule on completeness holds for each of them.
   *
   * @param rows columns of numbers, texts and booleans
   * @param all rows from which these come
   * @param day of a row, of the columns of all
   * @param columns of the rows, of the columns of all
   */
  public static List<Suggested> ofDays(
      Dataset<Row> rows, Dataset<Row> all, Column day, Column[] columns) {
    Column[] withDay = Arrays.copyOf(columns, columns.length + 1);
    withDay[columns.length] = day.as(DAY);
    return of(rows, all.select(withDay));
  }

  private static List<Suggested> of(Dataset<Row> rows, Dataset<Row> daily) {
    if (rows.columns().length == 0 || rows.isEmpty()) {
      return List.of();
    }

    List<Measured> measured = new ArrayList<>();
    JavaConverters.mapAsJavaMap(
            ConstraintSuggestionRunner.apply()
                .onData(rows)
                .addConstraintRules(rules())
                .run()
                .constraintSuggestions())
        .values()
        .forEach(
            ofColumn ->
                JavaConverters.seqAsJavaList(ofColumn)
                    .forEach(suggestion -> add(suggestion, rows, measured)));
    return shares(daily, measured);
  }

  private static Seq<ConstraintRule<ColumnProfile>> rules() {
    List<ConstraintRule<ColumnProfile>> rules =
        List.of(
            new CompleteIfCompleteRule(),
            new RetainCompletenessRule(0.2, 1.0, RetainCompletenessRule.apply$default$3()),
            new CategoricalRangeRule(CategoricalRangeRule.apply$default$1()),
            new NonNegativeNumbersRule());
    return JavaConverters.asScalaBuffer(rules).toSeq();
  }

  private static void add(
      ConstraintSuggestion suggestion, Dataset<Row> rows, List<Measured> measured) {
    String name = suggestion.columnName();
    Column column = ColumnNames.column(name);
    ConstraintRule<ColumnProfile> rule = suggestion.suggestingRule();
    if (rule instanceof CompleteIfCompleteRule) {
      measured.add(new Measured(name, "IsComplete %s".formatted(quoted(name)), column.isNotNull()));
    } else if (rule instanceof RetainCompletenessRule) {
      measured.add(
          new Measured(name, "Completeness %s > ".formatted(quoted(name)), column.isNotNull()));
    } else if (rule instanceof NonNegativeNumbersRule && isNumber(rows, name)) {
      measured.add(
          new Measured(
              name,
              "ColumnValues %s >= 0%s".formatted(quoted(name), unlessNull(name)),
              column.isNull().or(column.geq(lit(0)))));
    } else if (rule instanceof CategoricalRangeRule && isText(rows, name)) {
      addValues(name, rows, measured);
    }
  }

  private static void addValues(String name, Dataset<Row> rows, List<Measured> measured) {
    Column column = ColumnNames.column(name);
    TreeSet<String> values = new TreeSet<>();
    rows.select(column)
        .where(column.isNotNull())
        .distinct()
        .limit(MOST_VALUES + 1)
        .collectAsList()
        .forEach(row -> values.add(row.getString(0)));
    if (values.isEmpty() || values.size() > MOST_VALUES) {
      return;
    }

    String set = String.join(", ", values.stream().map(SuggestedRules::quoted).toList());
    measured.add(
        new Measured(
            name,
            "ColumnValues %s in [%s]%s".formatted(quoted(name), set, unlessNull(name)),
            column.isNull().or(column.isInCollection(values))));
  }

  private static List<Suggested> shares(Dataset<Row> daily, List<Measured> measured) {
    if (measured.isEmpty()) {
      return List.of();
    }

    List<Column> ofDays = new ArrayList<>();
    List<Column> ofAll = new ArrayList<>();
    for (int i = 0; i < measured.size(); i++) {
      ofDays.add(sum(when(measured.get(i).keeps(), 1).otherwise(0)).as("kept" + i));
      ofAll.add(sum("kept" + i).divide(sum("rows")));
      ofAll.add(min(col("kept" + i).divide(col("rows"))));
    }

    Row found =
        daily
            .groupBy(col(DAY))
            .agg(count(lit(1)).as("rows"), ofDays.toArray(Column[]::new))
            .agg(ofAll.get(0), ofAll.subList(1, ofAll.size()).toArray(Column[]::new))
            .head();
    List<Suggested> suggested = new ArrayList<>();
    for (int i = 0; i < measured.size(); i++) {
      add(measured.get(i), found.getDouble(2 * i), found.getDouble(2 * i + 1), suggested);
    }

    suggested.sort(Comparator.comparing(Suggested::column).thenComparing(Suggested::dqdl));
    return List.copyOf(suggested);
  }

  /**
   * Completeness is bound by the worst day.
   *
   * @param worst share of the day that keeps it least
   */
  private static void add(Measured rule, double share, double worst, List<Suggested> suggested) {
    if (!rule.dqdl().startsWith("Completeness")) {
      suggested.add(new Suggested(rule.column(), rule.dqdl(), share));
    } else if (worst > 2 * SLACK) {
      String bound = String.format(Locale.ROOT, "%.2f", Math.floor((worst - SLACK) * 100) / 100);
      suggested.add(new Suggested(rule.column(), rule.dqdl() + bound, share));
    }
  }

  /** A null is no value that could be wrong here: completeness has a rule of its own. */
  private static String unlessNull(String name) {
    return " where \"%s is not null\"".formatted(name);
  }

  private static boolean isNumber(Dataset<Row> rows, String name) {
    return rows.schema().apply(name).dataType() instanceof org.apache.spark.sql.types.NumericType;
  }

  private static boolean isText(Dataset<Row> rows, String name) {
    return rows.schema().apply(name).dataType().equals(DataTypes.StringType);
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
