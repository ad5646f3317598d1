package org.millrace.features.validation;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.lit;
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
    return shares(rows, measured);
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

  private static List<Suggested> shares(Dataset<Row> rows, List<Measured> measured) {
    if (measured.isEmpty()) {
      return List.of();
    }

    Column[] shares =
        measured.stream()
            .map(rule -> avg(when(rule.keeps(), 1.0).otherwise(0.0)))
            .toArray(Column[]::new);
    Row found =
        rows.agg(shares[0], List.of(shares).subList(1, shares.length).toArray(Column[]::new))
            .head();
    List<Suggested> suggested = new ArrayList<>();
    for (int i = 0; i < measured.size(); i++) {
      Measured rule = measured.get(i);
      double share = found.getDouble(i);
      if (!rule.dqdl().startsWith("Completeness")) {
        suggested.add(new Suggested(rule.column(), rule.dqdl(), share));
      } else if (share > 2 * SLACK) {
        String bound = String.format(Locale.ROOT, "%.2f", Math.floor((share - SLACK) * 100) / 100);
        suggested.add(new Suggested(rule.column(), rule.dqdl() + bound, share));
      }
    }

    suggested.sort(Comparator.comparing(Suggested::column).thenComparing(Suggested::dqdl));
    return List.copyOf(suggested);
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
